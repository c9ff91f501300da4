import type { ServiceProcess } from "../processes/service.ts";

/** The service, which a visitor of the page can kill and start again. */
export interface ServiceSwitch {
  isKilled(): boolean;
  /** Starts the service unless it is running. Resolves when it answers. */
  start(): Promise<void>;
  /** Kills the process, as a crash does. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when the service has ended by itself. */
  readonly ended: Promise<Deno.CommandStatus>;
}

/** Creates the switch. Does not start the service. */
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
