// SPDX-License-Identifier: Apache-2.0
import type { Config } from "../../lib/config/config.ts";
import { decide } from "../../lib/verification/verdict.ts";
import type { SimulatedExecution } from "../../sandbox/simulators/jumio/simulator.ts";
import type { SharedRows } from "../support/model_store.ts";
import { INSTANCES, PERSONS } from "./actions.ts";
import { type Application, createApplication } from "./application.ts";
import { type Changes, createChanges } from "./changes.ts";
import { createHistory, type History } from "./history.ts";
import { type Instance, startInstance } from "./instance.ts";
import type { KvFault } from "./process.ts";
import { createRandom } from "./random.ts";
import { createUpstreams, type Upstreams } from "./upstreams.ts";

/** Where the instances are reached. */
export const SERVICE = "https://kyc.example.com";

/** In the log, when a record differed from the metadata and is written to the identity again. */
const PUBLISHED_AGAIN = `"outcome":"published"`;

/** Everything in one world. */
export interface ModelState extends Omit<Upstreams, "fetch"> {
  readonly clock: { now: number };
  readonly shared: SharedRows;
  readonly history: History;
  readonly application: Application;
  readonly changes: Changes;
  readonly kv: { fault: KvFault };
  readonly instances: Instance[];
  /** The ids of the identities. */
  readonly people: readonly string[];
  /** Writers outside that have read an identity and not yet written it. */
  readonly oldWriters: Map<string, { at: number; row: unknown }>;
  /** The clocks of the instances differ. */
  readonly isSkewed: boolean;
  /** Starts the instance of this number. */
  start(index: number): Instance;
}

/**
 * How far the clock of each instance is ahead in every second world: almost as far as an instance
 * works with.
 */
const CLOCK_OFFSETS_MS = [29_000, -29_000];

/** An event may be delivered so long after its change although Ory does not have the change. */
const HOLD_MS = 60_000;

/** The clock of the instance that delivers an event can be ahead. */
const SKEWED_HOLD_MS = HOLD_MS - 29_000;

/** Creates a world with identities whose hooks have not been sent yet. */
export function createState(config: Config, seed: number, persons = PERSONS): ModelState {
  const clock = { now: Date.UTC(2026, 0, 1) };
  const now = () => clock.now;
  const random = createRandom(seed);
  const shared: SharedRows = { rows: new Map(), version: 0 };
  const history = createHistory();
  const kv: { fault: KvFault } = { fault: undefined };
  const countWritten = () => history.written.length;
  const changes = createChanges({ people: () => people, countWritten });
  const isSkewed = seed % 2 === 0;
  const holdMs = isSkewed ? SKEWED_HOLD_MS : HOLD_MS;
  const application = createApplication({ changes, written: history.written, now, holdMs });
  const { jumio, kratos, fetch } = createUpstreams({ history, application, now });
  const people = Array.from(
    { length: persons },
    (_, person) => addIdentity(kratos.identities, { email: `p${person}@example.com`, now: now() }),
  );
  shared.onWritten = () => changes.note(shared);
  const kvFault = () => kv.fault;
  const writeLog = (line: string) => {
    // A comparison may meet a publication that is under way.
    if (line.includes(PUBLISHED_AGAIN)) history.excuses.publishedAgain++;
  };
  const start = (index: number) =>
    startInstance({
      config,
      shared,
      fetch,
      now: () => clock.now + (isSkewed ? CLOCK_OFFSETS_MS[index] ?? 0 : 0),
      monotonic: now,
      random,
      kvFault,
      writeLog,
    });
  return {
    clock,
    shared,
    history,
    application,
    changes,
    kv,
    jumio,
    kratos,
    instances: Array.from({ length: INSTANCES }, (_, index) => start(index)),
    people,
    oldWriters: new Map(),
    isSkewed,
    start,
  };
}

/** The id of the identity of a person. */
export function identityOf({ people }: ModelState, person: number): string {
  return people[person] ?? "";
}

/** The executions of an identity at Jumio, the oldest first. */
export function executionsOf(
  { jumio }: Pick<ModelState, "jumio">,
  identityId: string,
): SimulatedExecution[] {
  return jumio.executions.filter(({ userReference }) => userReference === identityId);
}

/** The identities as Kratos stores them, to be written past its API. */
export function storedIdentities({ kratos }: Pick<ModelState, "kratos">): Map<string, unknown> {
  return Object(kratos.identities);
}

function addIdentity(
  identities: unknown,
  { email, now }: { email: string; now: number },
): string {
  const id = crypto.randomUUID();
  const at = new Date(now).toISOString();
  Object(identities).set(id, {
    id,
    "schema_id": "person",
    state: "active",
    traits: { email },
    "metadata_public": null,
    "metadata_admin": null,
    "created_at": at,
    "updated_at": at,
  });
  return id;
}

/** What an execution at Jumio means for its identity. */
export function statusOf(execution: SimulatedExecution | undefined): string {
  const status = execution?.status ?? "";
  const conclusion = decide({ status, decision: execution?.decision?.type }, {
    warningStatus: "review",
  });
  switch (conclusion.kind) {
    case "decided":
      return conclusion.status;
    case "expired":
      return "expired";
    default:
      return "pending";
  }
}
