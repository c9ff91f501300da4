import assert from "node:assert/strict";
import { type Config, parseConfig } from "../../lib/config.ts";
import { acceptErasure, type Tombstone, tombstoneKey } from "../../lib/erasure.ts";
import type { Operator } from "../../lib/operator.ts";
import { decideReview, requestRefresh } from "../../lib/operator_changes.ts";
import { acceptRestart } from "../../lib/restart.ts";
import type { Row, Store } from "../../lib/store.ts";
import { decide } from "../../lib/verdict.ts";
import {
  type Execution,
  executionKey,
  type Verification,
  verificationKey,
} from "../../lib/verifications.ts";
import { createJumioSimulator, type SimulatedExecution } from "../../sandbox/jumio.ts";
import { renderStandIn } from "../../sandbox/jsonnet.ts";
import { createKratosSimulator } from "../../sandbox/kratos.ts";
import { createActions, HOOK_SECRET } from "../support/context.ts";
import type { SharedRows } from "../support/model_store.ts";
import { type Action, INSTANCES, type Operation, PERSONS } from "./actions.ts";
import { type KvFault, startInstance } from "./instance.ts";
import { OPERATED_TRANSITIONS, TRANSITIONS } from "./transitions.ts";

const KRATOS = "http://kratos:4434";
const JUMIO = "https://jumio.example.com";
const SERVICE = "https://kyc.example.com";

/** The configuration of every world. Parsing it derives keys, which is slow. */
export function createModelConfig(): Promise<Config> {
  return parseConfig({
    "ORY_WEBHOOK_SECRET": HOOK_SECRET,
    "KRATOS_ADMIN_URL": KRATOS,
    "JUMIO_AUTH_URL": JUMIO,
    "JUMIO_API_BASE_URL": JUMIO,
    "JUMIO_CLIENT_ID": "client",
    "JUMIO_CLIENT_SECRET": "client-secret",
    "PUBLIC_URL": SERVICE,
    "JUMIO_STARTS_PER_SECOND": "10",
  });
}

const OPERATOR: Operator = { name: "model", secretId: "00000000" };

/** A settings submission that began before our write is over before the confirming read. */
const LONGEST_SUBMISSION_MS = 50_000;

/** More calls to Jumio than this for one action would be a storm. */
const MOST_CALLS_AN_ACTION = 20;

/** A write that Kratos has carried out for us. */
interface Written {
  readonly identityId: string;
  readonly status: string;
  readonly verdict: string | null;
  readonly executionId: string | null;
}

/** The world: what can be done in it, and what must always be so. */
export interface World {
  apply(action: Action): Promise<void>;
  /** What must hold after every action. */
  check(): void;
  /** Puts everything right and lets time run; then checks what must hold in the end. */
  heal(): Promise<void>;
  stop(): Promise<void>;
}

/** Creates a world with identities that nobody has told us of yet. */
export function createWorld(config: Config, seed: number): World {
  const clock = { now: Date.UTC(2026, 0, 1) };
  const now = () => clock.now;
  const random = createRandom(seed);
  const shared: SharedRows = { rows: new Map(), version: 0 };
  const written: Written[] = [];
  const promised = new Set<string>();
  const deleted = new Set<string>();
  /** Identities that an operator has touched, asked to erase, and was told that they are. */
  const operated = new Set<string>();
  const erasing = new Set<string>();
  const erased = new Set<string>();
  /** What operators have decided of reviews, whether they know it or not. */
  const decisions = new Map<string, Set<string>>();
  /** What excuses one more write or one more execution than there should be. */
  const excuses = {
    crashes: 0,
    stalls: 0,
    kvOutages: 0,
    lostAnswers: 0,
    lostPatches: 0,
    restarts: 0,
  };
  const oldWriters = new Map<string, { at: number; row: unknown }>();
  let kvFault: KvFault;

  const jumio = createJumioSimulator({
    hosts: { auth: JUMIO, account: JUMIO, retrieval: JUMIO, web: "https://web.example.com" },
    fetch: () => Promise.reject(new TypeError("The world sends the callbacks")),
    now,
    clientId: "client",
    clientSecret: "client-secret",
    accountsPerFiveSeconds: 1_000_000,
  });
  jumio.faults.callbacks = "drop";
  const kratos = createKratosSimulator({
    actions: createActions(),
    publicUrl: KRATOS,
    fetch: () => Promise.reject(new TypeError("The world sends the hooks")),
    render: renderStandIn,
    now,
  });

  async function fetch(request: Request): Promise<Response> {
    if (!request.url.startsWith(KRATOS)) {
      if (jumio.faults.losesNextAnswer) excuses.lostAnswers++;
      return await jumio.fetch(request);
    }
    const isPatch = request.method === "PATCH";
    const body = isPatch ? await request.clone().json() : undefined;
    const isLost = kratos.faults.losesNextPatch;
    const response = await kratos.fetch(request);
    if (isPatch && response.status === 200) {
      const { status, verdict, workflow_execution_id: executionId } = body[0].value;
      const identityId = new URL(request.url).pathname.split("/").at(-1) ?? "";
      if (isLost) excuses.lostPatches++;
      written.push({ identityId, status, verdict, executionId });
    }
    return response;
  }

  const start = () => startInstance({ config, shared, fetch, now, random, kvFault: () => kvFault });
  const instances = Array.from({ length: INSTANCES }, start);
  const people = Array.from(
    { length: PERSONS },
    (_, person) => addIdentity(`p${person}@example.com`),
  );

  function addIdentity(email: string): string {
    const id = crypto.randomUUID();
    const at = new Date(now()).toISOString();
    const identities: Map<string, unknown> = Object(kratos.identities);
    identities.set(id, {
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

  function identityOf(person: number): string {
    return people[person] ?? "";
  }

  function executionsOf(identityId: string): SimulatedExecution[] {
    return jumio.executions.filter(({ userReference }) => userReference === identityId);
  }

  function readRow<Value>(key: Deno.KvKey): Value | null {
    // As with a store, the reader names the type of what the service has written.
    const row = shared.rows.get(JSON.stringify(key)) as Row<Value> | undefined;
    return row?.value ?? null;
  }

  async function post(
    instance: number,
    { path, headers = {}, body }: { path: string; headers?: Record<string, string>; body: unknown },
  ): Promise<{ status: number; body: Record<string, unknown> } | undefined> {
    const response = await instances[instance]?.send(
      new Request(SERVICE + path, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      }),
    );
    return response && { status: response.status, body: await response.json() };
  }

  async function register({ person, instances: at, atOnce }: Action & { type: "register" }) {
    const identityId = identityOf(person);
    const deliver = async (instance: number) => {
      const headers = { "x-webhook-secret": HOOK_SECRET };
      const body = { "identity_id": identityId };
      const answer = await post(instance, { path: "/jumio/initiate", headers, body });
      if (answer?.status === 200) promised.add(identityId);
    };
    if (atOnce) await Promise.all(at.map(deliver));
    else for (const instance of at) await deliver(instance);
  }

  async function callBack(
    { person, execution: index, how, instances: at }: Action & { type: "callback" },
  ) {
    const execution = executionsOf(identityOf(person))[index];
    if (execution === undefined) return;
    const other = jumio.executions.find(({ id }) => id !== execution.id);
    const genuine = new URL(execution.callbackUrl ?? SERVICE).pathname;
    const foreign = new URL(other?.callbackUrl ?? SERVICE).pathname;
    const path = { forged: `/jumio/callback/${"x".repeat(43)}`, foreign }[how as string] ?? genuine;
    if (how === "foreign" && other === undefined) return;
    const isFinished = execution.completedAt !== undefined;
    if (how === "genuine" && !isFinished) return;
    const status = how === "intermediate"
      ? "ACQUIRED"
      : how === "early"
      ? "PROCESSED"
      : execution.status;
    const body = {
      callbackSentAt: new Date(now()).toISOString(),
      workflowExecution: { id: execution.id, status },
      account: { id: execution.accountId },
    };
    await Promise.all(at.map(async (instance) => {
      const answer = await post(instance, { path, body });
      if (how === "forged") {
        assert(answer === undefined || answer.status !== 200, "forged was taken");
      }
    }));
  }

  async function drain(): Promise<void> {
    await Promise.all(instances.map((instance) => instance.drain()));
  }

  async function advance({ seconds, stalls }: { seconds: number; stalls: boolean }): Promise<void> {
    if (stalls) excuses.stalls++;
    else await drain();
    clock.now += seconds * 1000;
    await drain();
  }

  function setFault({ fault, isOn }: { fault: string; isOn: boolean }): void {
    if (fault === "jumio down") jumio.faults.isDown = isOn;
    if (fault === "jumio rubbish") jumio.faults.isRubbish = isOn;
    if (fault === "jumio loses an answer") jumio.faults.losesNextAnswer = isOn;
    if (fault === "kratos down") kratos.faults.isAdminDown = isOn;
    if (fault === "kratos loses a patch") kratos.faults.losesNextPatch = isOn;
  }

  function breakKv({ fault, isOn }: { fault: string; isOn: boolean }): void {
    if (!isOn) kvFault = undefined;
    else {
      kvFault = fault === "kv down" ? "down" : "late";
      excuses.kvOutages++;
    }
  }

  function writeAsOldWriter(identityId: string, does: string): void {
    const identities: Map<string, unknown> = Object(kratos.identities);
    if (does === "reads") {
      const row = structuredClone(identities.get(identityId));
      oldWriters.set(identityId, { at: now(), row });
      return;
    }
    const old = oldWriters.get(identityId);
    oldWriters.delete(identityId);
    // No submission takes longer; and one of an identity that is gone is refused.
    const isTooLate = old === undefined || now() - old.at > LONGEST_SUBMISSION_MS;
    if (isTooLate || !identities.has(identityId)) return;
    identities.set(identityId, old.row);
    excuses.lostPatches++;
  }

  async function operate(
    { person, instance: index, does }: Action & { type: "operate" },
  ): Promise<void> {
    const instance = instances[index];
    if (instance === undefined || instance.isDead) return;
    const { store, jobs } = instance.context;
    const identityId = identityOf(person);
    const options = { identityId, now: now(), operator: OPERATOR };
    operated.add(identityId);
    if (does === "erase") erasing.add(identityId);
    // Whoever gets an error does not know what has become of it, and looks.
    await operateOn(store, { does, options }).catch(() => {});
    if (!instance.isDead) jobs.wake();
  }

  async function operateOn(
    store: Store,
    { does, options }: {
      does: Operation;
      options: { identityId: string; now: number; operator: Operator };
    },
  ): Promise<void> {
    const { identityId } = options;
    switch (does) {
      case "restart": {
        // Counted before: a crash just after the commit has taken it in as well.
        excuses.restarts++;
        await acceptRestart(store, options);
        return;
      }
      case "refresh":
        await requestRefresh(store, options);
        return;
      case "erase":
        await acceptErasure(store, options);
        erased.add(identityId);
        return;
      default: {
        const status = does === "verify" ? "verified" : "rejected";
        const decided = decisions.get(identityId) ?? new Set();
        decisions.set(identityId, decided.add(status));
        await decideReview(store, { ...options, status, reason: "model" });
      }
    }
  }

  function restart(instance: number): void {
    if (!instances[instance]?.isDead) return;
    excuses.crashes++;
    instances[instance] = start();
  }

  async function apply(action: Action): Promise<void> {
    const before = jumio.calls.length;
    await act(action);
    const calls = jumio.calls.length - before;
    assert(calls <= MOST_CALLS_AN_ACTION, `${calls} calls to Jumio for one action`);
  }

  async function act(action: Action): Promise<void> {
    switch (action.type) {
      case "register":
        return await register(action);
      case "finish": {
        const open = executionsOf(identityOf(action.person))
          .filter(({ completedAt }) => completedAt === undefined);
        // The person has the link of the newest one only.
        const newest = open.at(-1);
        if (newest !== undefined) await jumio.finish(newest.id, action.outcome);
        return;
      }
      case "callback":
        return await callBack(action);
      case "again": {
        const instance = instances[action.instance];
        if (instance === undefined || instance.isDead) return;
        const { store, jobs } = instance.context;
        const options = { identityId: identityOf(action.person), now: now() };
        const outcome = await acceptRestart(store, options).catch(() => "failed");
        if (outcome === "accepted") excuses.restarts++;
        if (!instance.isDead) await jobs.attempt("start", options.identityId);
        return;
      }
      case "operate":
        return await operate(action);
      case "advance":
        return await advance(action);
      case "fault":
        return action.fault.startsWith("kv") ? breakKv(action) : setFault(action);
      case "crash":
        return instances[action.instance]?.armCrash(action);
      case "restart":
        return restart(action.instance);
      case "old writer":
        return writeAsOldWriter(identityOf(action.person), action.does);
      case "delete": {
        const identityId = identityOf(action.person);
        Object(kratos.identities).delete(identityId);
        deleted.add(identityId);
        return;
      }
    }
  }

  let checked = 0;
  const lastStatus = new Map<string, string>();
  const settledWrites = new Map<string, number>();

  function check(): void {
    const dead = instances.filter(({ isDead }) => isDead).length;
    const crashes = excuses.crashes + excuses.stalls + excuses.kvOutages + dead;
    for (const { identityId, status, executionId } of written.slice(checked)) {
      const before = lastStatus.get(identityId) ?? "none";
      const transitions = operated.has(identityId) ? OPERATED_TRANSITIONS : TRANSITIONS;
      assert(transitions[before]?.includes(status), `${before} became ${status}`);
      lastStatus.set(identityId, status);
      const execution = jumio.executions.find(({ id }) => id === executionId);
      if (executionId !== null) {
        assert.equal(execution?.userReference, identityId, "an execution is on another's identity");
      }
      // An erasure leaves the status, and takes the execution away.
      const isErasure = executionId === null && erasing.has(identityId);
      if (status !== "pending" && !isErasure) {
        const truth = statusOf(execution);
        assert(
          isTrue(status, { truth, identityId }),
          `the identity says ${status}, Jumio ${truth}`,
        );
        const key = `${executionId} ${status}`;
        const count = (settledWrites.get(key) ?? 0) + 1;
        settledWrites.set(key, count);
        assert(count <= 1 + excuses.lostPatches + crashes, "a verdict was written more than once");
      }
    }
    checked = written.length;
    for (const identityId of people) {
      const most = 1 + excuses.restarts + excuses.lostAnswers + crashes;
      assert(executionsOf(identityId).length <= most, "there are executions that nobody needs");
    }
    for (const identityId of promised) {
      if (erasing.has(identityId)) continue;
      assert(readRow<Verification>(verificationKey(identityId)), "a promised start is not stored");
    }
  }

  /** Jumio's word, or in a review that of an operator. */
  function isTrue(
    status: string | undefined,
    { truth, identityId }: { truth: string; identityId: string },
  ): boolean {
    const isDecided = truth === "review" && decisions.get(identityId)?.has(status ?? "");
    return status === truth || isDecided === true;
  }

  async function heal(): Promise<void> {
    for (const fault of ["isDown", "isRubbish", "losesNextAnswer"] as const) {
      jumio.faults[fault] = false;
    }
    kvFault = undefined;
    kratos.faults.isAdminDown = false;
    kratos.faults.losesNextPatch = false;
    for (let instance = 0; instance < INSTANCES; instance++) {
      instances[instance]?.armCrash({ after: Infinity, at: "before" });
      restart(instance);
    }
    for (const seconds of [...Array(8).fill(30), ...Array(8).fill(600), ...Array(8).fill(3600)]) {
      await advance({ seconds, stalls: false });
      check();
    }
    await checkQuiet();
    for (const identityId of promised) checkEnd(identityId);
    for (const { key } of shared.rows.values()) {
      assert.notEqual(key[0], "dead_letter", "dead letter");
    }
  }

  /** When all is settled, only what nobody has finished is asked about, once an hour. */
  async function checkQuiet(): Promise<void> {
    const before = jumio.calls.length;
    await advance({ seconds: 3600, stalls: false });
    const unfinished = jumio.executions.filter(({ completedAt }) => completedAt === undefined);
    const calls = jumio.calls.slice(before).filter(({ path }) => path !== "/oauth2/token");
    assert(calls.length <= unfinished.length, `${calls.length} calls to Jumio in a quiet hour`);
  }

  /** Nothing of ours is left, and nothing on the identity that leads to Jumio. */
  function checkErased(identityId: string): void {
    const tombstone = readRow<Tombstone>(tombstoneKey(identityId));
    assert(tombstone !== null && tombstone.erasedAt !== null, "an erasure was not finished");
    assert.equal(readRow(verificationKey(identityId)), null, "an erased record is back");
    const { jumio } = Object(kratos.identities.get(identityId)?.["metadata_public"]);
    const { "account_id": account = null, "verification_url": link = null } = Object(jumio);
    assert.deepEqual([account, link], [null, null], "an erased identity names an account");
  }

  function checkEnd(identityId: string): void {
    if (erased.has(identityId)) return checkErased(identityId);
    const verification = readRow<Verification>(verificationKey(identityId));
    // An erasure whose answer was lost in a crash may have been taken in.
    if (verification === null && erasing.has(identityId)) return checkErased(identityId);
    const newest = jumio.executions.find(({ id }) => id === verification?.workflowExecutionId);
    assert(newest, "a promised start was not made");
    if (newest.completedAt !== undefined) {
      const settled = readRow<Execution>(executionKey(newest.id))?.settled;
      assert(settled, "a finished execution is not settled");
    }
    const truth = statusOf(newest);
    const status = verification?.status;
    assert(isTrue(status, { truth, identityId }), "our record is not what Jumio says");
    if (deleted.has(identityId)) return;
    const metadata = Object(kratos.identities.get(identityId)?.["metadata_public"]);
    if (truth !== "pending") {
      assert.equal(Object(metadata.jumio).status, status, "the verdict is not on its identity");
      assert.equal(Object(metadata.jumio)["workflow_execution_id"], newest.id);
    }
  }

  return {
    apply,
    check,
    heal,
    async stop() {
      await Promise.all(instances.map((instance) => instance.stop()));
    },
  };
}

/** What an execution of Jumio's means for its identity. */
function statusOf(execution: SimulatedExecution | undefined): string {
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

/** A small generator (mulberry32): the same seed gives the same interleaving. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
