// SPDX-License-Identifier: Apache-2.0
import type { Config } from "./config/config.ts";
import { type AccessTokenOptions, createAccessToken } from "./jumio/access_token.ts";
import { createJumio, type Jumio } from "./jumio/client.ts";
import { createKratos, type Kratos } from "./kratos/client.ts";
import { createIdentityList, type ListIdentities } from "./kratos/identities.ts";
import type { Store } from "./kv/store.ts";
import type { Log } from "./log.ts";
import type { Telemetry } from "./telemetry/telemetry.ts";
import type { CallUpstream } from "./upstream/call.ts";
import { createCheckedUpstream } from "./upstream/checked_upstream.ts";
import type { ClockCheck } from "./upstream/clock.ts";

/** The clients of the upstreams, and the check of our clock by their answers. */
export interface Clients {
  readonly call: CallUpstream;
  readonly clock: ClockCheck;
  readonly jumio: Jumio;
  readonly kratos: Kratos;
  readonly listIdentities: ListIdentities;
}

/** Creates them. Makes no network call. */
export function createClients(
  { config, store, fetch, fetchOnce, now, monotonic, log, telemetry, delay }: {
    config: Config;
    store: Store;
    fetch: typeof globalThis.fetch;
    fetchOnce: typeof globalThis.fetch | undefined;
    now: () => number;
    /** Milliseconds of a clock that is never set. */
    monotonic: () => number;
    log: Log;
    telemetry: Telemetry;
    delay: (ms: number) => Promise<void>;
  },
): Clients {
  const { call: unwatched, clock } = createCheckedUpstream({
    fetch,
    fetchOnce,
    now,
    monotonic,
    origins: allowedOrigins(config),
    jumioUrl: config.jumio.accountUrl,
    onClockChange: (offsetMs) => reportClock(offsetMs, log),
  });
  const call = telemetry.watchUpstream(unwatched);
  telemetry.observeClock(clock.isOff);
  const { adminUrl, apiKey } = config.kratos;
  return {
    call,
    clock,
    jumio: connectJumio(config.jumio, { call, store, now, log, delay }),
    kratos: createKratos({ adminUrl, apiKey, call }),
    listIdentities: createIdentityList({ adminUrl, apiKey, call }),
  };
}

/** The origins that the service may call, and no others. */
export function allowedOrigins({ kratos, jumio, events }: Config): ReadonlySet<string> {
  const urls = [kratos.adminUrl, jumio.tokenUrl, jumio.accountUrl, jumio.retrievalUrl];
  return new Set([...urls, ...events.receiver === undefined ? [] : [events.receiver.url]].map(
    ({ origin }) => origin,
  ));
}

/** Creates the client of Jumio's API, with the access token that all instances share. */
function connectJumio(
  { tokenUrl, clientId, clientSecret, accountUrl, retrievalUrl, workflowKey }: Config["jumio"],
  { call, ...shared }: Omit<AccessTokenOptions, "tokenUrl" | "clientId" | "clientSecret">,
): Jumio {
  const accessToken = createAccessToken({ tokenUrl, clientId, clientSecret, call, ...shared });
  return createJumio({ accountUrl, retrievalUrl, workflowKey, accessToken, call });
}

function reportClock(offsetMs: number, log: Log): void {
  if (offsetMs === 0) log.info("The clock of this instance is right again");
  else log.error("The clock of this instance is wrong: it makes no starts", { offsetMs });
}
