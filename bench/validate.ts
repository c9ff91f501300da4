// SPDX-License-Identifier: Apache-2.0
import { startDenokv } from "../sandbox/processes/denokv.ts";
import { createStore } from "../lib/kv/store.ts";
import { createVerification, noVerification, saveVerification } from "../lib/verification/rows.ts";
import { compare, measureAlternately, quantile } from "./_compare.ts";
import { printFigure, printHeading, printRatio, round } from "./_report.ts";
import { readProcessUse } from "./_process.ts";
import {
  HOOK_SECRET,
  installExpress,
  type Server,
  startBare,
  startBridge,
  startExpress,
} from "./_servers.ts";
import { runWrk } from "./_wrk.ts";

const IDENTITY_ID = "1f6b1d5c-6f0e-4a52-9d0c-0d6f3c6f2b11";
const ACCOUNT_ID = "11111111-1111-4111-8111-aaaaaaaaaaaa";
const EXECUTION_ID = "22222222-2222-4222-8222-bbbbbbbbbbbb";
const INITIATED_AT = "2026-05-04T09:00:00.000Z";

const HEADERS = {
  "content-type": "application/json",
  "x-webhook-secret": HOOK_SECRET,
  "user-agent": "Go-http-client/1.1",
  "ory-webhook-trigger-id": "6d2f7a39-0cfb-4f93-9a20-7d8b7b1f2f60",
};

/** Slices are short, so that other work on the machine meets both sides of a pair. */
const SECONDS = 1;
const ROUNDS = 21;

/** Compares the sign-in hook with a bare server and with the Express sample. */
export async function benchValidate({ isSmoke }: { isSmoke: boolean }): Promise<void> {
  await installExpress();
  await using express = await startExpress();
  await benchGate(express, { isSmoke });
  const folder = await Deno.makeTempDir({ prefix: "bench-" });
  try {
    await using denokv = await startDenokv();
    Deno.env.set("DENO_KV_ACCESS_TOKEN", denokv.accessToken);
    const paths = { "a file": `${folder}/kv.sqlite3`, "denokv": denokv.url };
    for (const [name, kvPath] of Object.entries(paths)) {
      await benchLetIn(name, { kvPath, express, isSmoke });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** All checks of the hook, and a refusal by the metadata, which needs no KV. */
async function benchGate(
  express: Server,
  { isSmoke }: { isSmoke: boolean },
): Promise<void> {
  await using bridge = await startBridge({ env: { "LOG_LEVEL": "warn" } });
  await using bare = await startBare();
  const body = hookBody("rejected");
  const rates = await measure({
    bridge: () => load(bridge, { body, status: 403 }),
    bare: () => load(bare, { body, status: 200 }),
    express: () => load(express, { body, status: 403 }),
  }, { isSmoke });
  printHeading("validate: refusals by the metadata, per second of the server's processor time");
  printRatio("the bridge against a bare Deno.serve", compare(rates.bridge, rates.bare), {
    wanted: "at least 0.65",
  });
  printRatio("the bridge against the Express sample", compare(rates.bridge, rates.express));
  printMedians(rates);
}

/** The same checks, one read of our record, and the answer that lets the person in. */
async function benchLetIn(
  name: string,
  { kvPath, express, isSmoke }: { kvPath: string; express: Server; isSmoke: boolean },
): Promise<void> {
  await storeRecord(kvPath);
  await using bridge = await startBridge({ kvPath, env: { "LOG_LEVEL": "warn" } });
  await using bare = await startBare({ kvPath });
  const request = { body: hookBody("pending"), status: 200 } as const;
  const rates = await measure({
    bridge: () => load(bridge, request),
    bare: () => load(bare, request),
    express: () => load(express, request),
  }, { isSmoke });
  printHeading(`validate: people let in, on ${name}, per second of the server's processor time`);
  printRatio(
    "the bridge against a bare server with the same read",
    compare(rates.bridge, rates.bare),
    {
      wanted: "at least 0.75",
    },
  );
  printRatio("the bridge against the Express sample", compare(rates.bridge, rates.express), {
    wanted: "at least 2.5",
  });
  printMedians(rates);
}

/** What Kratos sends when a person signs in. */
function hookBody(status: "pending" | "rejected"): string {
  return JSON.stringify({
    "identity_id": IDENTITY_ID,
    "flow_id": "8f0c64cf-4a4c-4dd2-8f0d-8a3a2f1f7a10",
    jumio: {
      status,
      verdict: null,
      "account_id": ACCOUNT_ID,
      "workflow_execution_id": EXECUTION_ID,
      "verification_url": `https://kyc.example.com/jumio/verify?token=${"x".repeat(120)}`,
      "initiated_at": INITIATED_AT,
      "decided_at": null,
      "valid_until": null,
      detail: null,
    },
  });
}

/** Stores the record that the metadata of a pending person was published from. */
async function storeRecord(kvPath: string): Promise<void> {
  const store = createStore({ open: () => Deno.openKv(kvPath) });
  const initiatedAt = Date.parse(INITIATED_AT);
  const record = {
    ...createVerification(IDENTITY_ID, { now: initiatedAt }),
    accountId: ACCOUNT_ID,
    workflowExecutionId: EXECUTION_ID,
    initiatedAt,
  };
  await store.commit(saveVerification(noVerification(IDENTITY_ID), record));
  await store.close();
}

async function measure<Name extends string>(
  subjects: Readonly<Record<Name, () => Promise<number>>>,
  { isSmoke }: { isSmoke: boolean },
): Promise<Record<Name, number[]>> {
  if (!isSmoke) await measureAlternately(subjects, { rounds: 3 }); // warms them up
  return await measureAlternately(subjects, { rounds: isSmoke ? 1 : ROUNDS });
}

/** Answers per second of the server's own processor time: other load disturbs the clock more. */
async function load(
  { url, pid }: Server,
  { body, status }: { body: string; status: 200 | 403 },
): Promise<number> {
  const before = await readProcessUse(pid);
  const request = { url: `${url}/jumio/validate`, headers: HEADERS, body };
  const answered = await runWrk(request, { seconds: SECONDS, status });
  const after = await readProcessUse(pid);
  return answered / (after.cpuSeconds - before.cpuSeconds);
}

function printMedians(rates: Readonly<Record<string, readonly number[]>>): void {
  const medians = Object.entries(rates).map(([name, values]) =>
    `${name} ${round(quantile(values, 0.5))}`
  );
  printFigure("(here)", medians.join(", "));
}
