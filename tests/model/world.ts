import assert from "node:assert/strict";
import { type Config, parseConfig } from "../../lib/config/config.ts";
import { acceptErasure } from "../../lib/verification/accept/erasure.ts";
import type { Operator } from "../../lib/history/operator_action.ts";
import { decideReview, requestRefresh } from "../../lib/operator/review.ts";
import { START } from "../../lib/verification/job_kinds.ts";
import { acceptRestart } from "../../lib/verification/accept/restart.ts";
import type { Store } from "../../lib/kv/store.ts";
import {
  createJumioSimulator,
  type SimulatedExecution,
} from "../../sandbox/simulators/jumio/simulator.ts";
import { renderStandIn } from "../../sandbox/simulators/kratos/jsonnet.ts";
import { createKratosSimulator } from "../../sandbox/simulators/kratos/simulator.ts";
import { createActions, HOOK_SECRET } from "../support/context.ts";
import type { SharedRows } from "../support/model_store.ts";
import { type Action, INSTANCES, type Operation, PERSONS } from "./actions.ts";
import { createHistory } from "./history.ts";
import { type KvFault, startInstance } from "./instance.ts";
import { createInvariants } from "./invariants.ts";
import { createRandom } from "./random.ts";

const KRATOS = "http://kratos:4434";
const JUMIO = "https://jumio.example.com";
const SERVICE = "https://kyc.example.com";

/** The configuration of every world. Parsing it derives keys, which is slow. */
export function createModelConfig(): Config {
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
  const history = createHistory();
  const { written, promised, deleted, operated, erasing, erased, decisions, excuses } = history;
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

  const invariants = createInvariants({
    jumio,
    kratos,
    shared,
    people,
    history,
    countDead: () => instances.filter(({ isDead }) => isDead).length,
  });

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
        if (!instance.isDead) await jobs.attempt(START, options.identityId);
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
      invariants.check();
    }
    const before = jumio.calls.length;
    await advance({ seconds: 3600, stalls: false });
    invariants.checkQuiet(before);
    invariants.checkEnd();
  }

  return {
    apply,
    check: invariants.check,
    heal,
    async stop() {
      await Promise.all(instances.map((instance) => instance.stop()));
    },
  };
}
