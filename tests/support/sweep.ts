// SPDX-License-Identifier: Apache-2.0
import { bindHandler, createJobRunner, createWakingStore } from "../../lib/jobs/runner.ts";
import type { JobRunner } from "../../lib/jobs/runner.ts";
import type { IdentityPage, ListedIdentity } from "../../lib/kratos/identities.ts";
import { type JumioMetadata, parseJumioMetadata } from "../../lib/kratos/metadata.ts";
import type { Store } from "../../lib/kv/store.ts";
import { acceptSweep } from "../../lib/verification/accept/sweep.ts";
import { SWEEP } from "../../lib/verification/job_kinds.ts";
import { createVerification, saveVerification } from "../../lib/verification/rows.ts";
import { describeJobFailure } from "../../lib/verification/work/failure.ts";
import { handleSweep, type SweepOptions } from "../../lib/verification/work/sweep.ts";
import { createTestLog } from "./memory_store.ts";

/** Long after the identities of these tests were created. */
export const SWEEP_NOW = Date.UTC(2026, 4, 4);

const PAGE_SIZE = 100;
const OPERATOR = { name: "Ada", secretId: "1a2b3c4d" };

/** An instance that only sweeps, on a clock that the test moves, with a list of identities. */
export interface SweepingInstance {
  readonly jobs: JobRunner;
  /** The page tokens of all calls to Ory's list. */
  readonly listed: (string | undefined)[];
  /** The identities that were read one by one. */
  readonly read: string[];
  readonly lines: readonly string[];
  /** Moves the clock in steps of a second, and runs what is due. */
  advance(ms: number): Promise<void>;
}

/** Creates an instance. Several can share the store, the identities and the clock. */
export function createSweepingInstance(
  rows: Store,
  { identities, clock, ...overrides }: Partial<SweepOptions> & {
    identities: readonly ListedIdentity[];
    clock: { now: number };
  },
): SweepingInstance {
  const { log, lines } = createTestLog();
  const now = () => clock.now;
  const store = createWakingStore(rows, (write) => jobs.wakeFor(write));
  const listed: (string | undefined)[] = [];
  const read: string[] = [];
  const { listIdentities = createList(identities), kratos, ...others } = overrides;
  const options: SweepOptions = {
    store,
    now,
    log,
    everyHours: 24,
    startMissingSince: undefined,
    pageDelayMs: 500,
    kratos: {
      getJumioMetadata(id) {
        read.push(id);
        return kratos?.getJumioMetadata(id) ?? Promise.resolve(findMetadata(identities, id));
      },
    },
    listIdentities(page) {
      listed.push(page?.pageToken);
      return listIdentities(page);
    },
    ...others,
  };
  const jobs: JobRunner = createJobRunner({
    handlers: [bindHandler(SWEEP, { handle: (job, span) => handleSweep(job, span, options) })],
    store,
    now,
    random: () => 0.5,
    log,
    describeFailure: describeJobFailure,
    setTimer: () => () => {},
  });
  return {
    jobs,
    listed,
    read,
    lines,
    async advance(ms) {
      for (let passed = 0; passed < ms; passed += 1_000) {
        clock.now += Math.min(1_000, ms - passed);
        await jobs.drain();
      }
    },
  };
}

/** Asks for a sweep that begins now. */
export async function askForSweep(
  store: Store,
  { isDryRun = false, isConfirmed = false, now = SWEEP_NOW } = {},
): Promise<string> {
  return await acceptSweep(store, { isDryRun, isConfirmed, operator: OPERATOR, now });
}

/** An identity as Ory lists it, with nothing of ours on it. */
export function listedIdentity(
  number: number,
  changes: Partial<ListedIdentity> = {},
): ListedIdentity {
  return {
    id: identityIdOf(number),
    createdAt: "2026-04-01T08:00:00Z",
    jumio: undefined,
    flatPublic: {},
    flatAdmin: {},
    ...changes,
  };
}

/** The id of the identity with this number. Ids are in the order of the numbers. */
export function identityIdOf(number: number): string {
  return `${String(number).padStart(8, "0")}-0000-4000-8000-000000000000`;
}

/** Stores a pending record, and returns the identity as it should be. */
export async function storePending(store: Store, number: number): Promise<ListedIdentity> {
  const identityId = identityIdOf(number);
  const record = createVerification(identityId, { now: SWEEP_NOW - 86_400_000 });
  const row = { key: ["verification", identityId], value: null, versionstamp: null };
  await store.commit(saveVerification(row, record));
  return listedIdentity(number, { jumio: { status: "pending", verdict: null } });
}

function createList(identities: readonly ListedIdentity[]): SweepOptions["listIdentities"] {
  return ({ pageToken } = {}) => {
    const first = Number(pageToken ?? 0);
    const end = first + PAGE_SIZE;
    const page: IdentityPage = {
      identities: identities.slice(first, end),
      nextPageToken: end < identities.length ? String(end) : undefined,
    };
    return Promise.resolve(page);
  };
}

function findMetadata(
  identities: readonly ListedIdentity[],
  id: string,
): JumioMetadata | null | undefined {
  const found = identities.find((identity) => identity.id === id);
  return found && parseJumioMetadata(found.jumio);
}
