import type { ServiceProcess } from "../processes/service.ts";

/** The service as something that a visitor of the page may kill and start again. */
export interface ServiceSwitch {
  isKilled(): boolean;
  /** Starts it, unless it runs. Resolves when it answers. */
  start(): Promise<void>;
  /** What a crash does: no goodbye. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when the service has ended without being asked to. */
  readonly ended: Promise<Deno.CommandStatus>;
}

/** Creates the switch. Nothing runs before its `start()`. */
export function createServiceSwitch(
  spawn: () => Promise<ServiceProcess>,
  { serviceUrl }: { serviceUrl: string },
): ServiceSwitch {
  const { promise: ended, resolve: end } = Promise.withResolvers<Deno.CommandStatus>();
  let running: Promise<ServiceProcess> | undefined;

  async function launch(): Promise<ServiceProcess> {
    const service = await spawn();
    void service.status.then((status) => {
      if (running !== undefined) end(status);
    });
    await service.ready(serviceUrl);
    return service;
  }

  async function close(how: "kill" | "stop"): Promise<void> {
    const closing = running;
    running = undefined;
    await (await closing)?.[how]();
  }

  return {
    isKilled: () => running === undefined,
    async start() {
      running ??= launch();
      await running;
    },
    kill: () => close("kill"),
    stop: () => close("stop"),
    ended,
  };
}
