// SPDX-License-Identifier: Apache-2.0
import type { ServiceProcess } from "../processes/service.ts";

/** The service, which a visitor of the page can kill and start again. */
export interface ServiceSwitch {
  /** The settings of the next start. */
  readonly env: Readonly<Record<string, string>>;
  /** Changes a setting. A running service stops, and starts again with it. */
  set(name: string, value: string): Promise<void>;
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
  spawn: (env: Readonly<Record<string, string>>) => Promise<ServiceProcess>,
  { serviceUrl, ...settings }: { serviceUrl: string; env: Readonly<Record<string, string>> },
): ServiceSwitch {
  const { promise: ended, resolve: end } = Promise.withResolvers<Deno.CommandStatus>();
  const env = { ...settings.env };
  let running: Promise<ServiceProcess> | undefined;

  async function launch(): Promise<ServiceProcess> {
    const service = await spawn(env);
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

  async function start(): Promise<void> {
    running ??= launch();
    await running;
  }

  return {
    env,
    async set(name, value) {
      env[name] = value;
      if (running === undefined) return;
      await close("stop");
      await start();
    },
    isKilled: () => running === undefined,
    start,
    kill: () => close("kill"),
    stop: () => close("stop"),
    ended,
  };
}
