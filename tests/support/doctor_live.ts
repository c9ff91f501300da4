// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { refuse } from "../../lib/http/refusal.ts";
import type { FindingId } from "../../cli/doctor/findings.ts";
import { createTestContext, HOOK_SECRET, type TestContext } from "./context.ts";
import { operate, type OperatorRun } from "./operator.ts";
import { EVENTS_ENV } from "./receiver.ts";

/** Answers a request in place of the service or a simulator. */
export type Override = (request: Request) => Response | undefined;

/** Runs the live checks against the service and both simulators. */
export async function checkLive(
  { override = () => undefined, env = {}, args = [], prepare = () => {} }: {
    override?: Override;
    env?: Record<string, string>;
    args?: readonly string[];
    prepare?: (context: TestContext) => void;
  } = {},
): Promise<{ run: OperatorRun; ids: string[]; started: number; asked: string[] }> {
  await using context = await createTestContext();
  prepare(context);
  const asked: string[] = [];
  const run = await operate(["doctor", "--json", ...args], {
    env: { ...context.env, ...env },
    now: () => context.clock.now,
    fetch(input, init) {
      const request = new Request(input, init);
      asked.push(`${request.method} ${new URL(request.url).host}`);
      const answer = override(request);
      return answer === undefined ? context.fetch(request) : Promise.resolve(answer);
    },
  });
  for (const secret of [HOOK_SECRET, "client-secret"]) assert(!run.stdout.includes(secret));
  const { findings }: { findings: { id: string }[] } = JSON.parse(run.stdout);
  const started = context.jumio.executions.length;
  return { run, ids: findings.map(({ id }) => id), started, asked };
}

/** Answers with this status where method and address match. */
export const answers = (method: string, part: string, status: number): Override => (request) =>
  request.method === method && request.url.includes(part)
    ? Response.json({}, { status })
    : undefined;

/** Answers with the service's own 401 where method and address match. */
export const refuses = (method: string, part: string): Override => (request) =>
  request.method === method && request.url.includes(part) ? refuse("callback_token") : undefined;

/** A faulty setup for each live finding, and the only finding that it leads to. */
export const LIVE_CASES: readonly [
  id: FindingId,
  name: string,
  options: Parameters<typeof checkLive>[0],
][] = [
  ["kratos_unreachable", "Kratos is down", {
    prepare: ({ kratos }) => {
      kratos.faults.isAdminDown = true;
    },
  }],
  ["kratos_unreachable", "something else answers for Kratos", {
    override: answers("GET", "/admin/identities", 200),
  }],
  ["kratos_key_refused", "Kratos refuses the key", {
    override: answers("GET", "/admin/identities", 401),
  }],
  ["kratos_patch_refused", "the key may not patch", {
    override: answers("PATCH", "/admin/identities", 403),
  }],
  ["kratos_too_old", "Kratos is older than 1.3.0", {
    override: (request) =>
      request.url.endsWith("/admin/version") ? Response.json({ version: "v1.2.0" }) : undefined,
  }],
  ["hook_secret_refused", "the service has another hook secret", {
    env: { "ORY_WEBHOOK_SECRET": "another-hook-secret-of-40-characters-012" },
  }],
  ["jumio_token_refused", "Jumio refuses the client", {
    env: { "JUMIO_CLIENT_SECRET": "another" },
  }],
  ["jumio_account_refused", "the client may not initiate", {
    override: answers("PUT", "account.", 403),
  }],
  ["jumio_account_refused", "another host answers 404 for Jumio's account API", {
    override: answers("PUT", "account.", 404),
  }],
  ["jumio_retrieval_refused", "another host answers 404 for Jumio's retrieval API", {
    override: answers("GET", "retrieval.", 404),
  }],
  ["callback_unreachable", "a proxy asks callbacks for a password", {
    override: answers("POST", "/jumio/callback/", 401),
  }],
  ["kratos_patch_refused", "a proxy answers 404 to a PATCH", {
    override: answers("PATCH", "/admin/identities", 404),
  }],
  ["jumio_retrieval_refused", "the client may not retrieve", {
    override: answers("GET", "retrieval.", 403),
  }],
  ["jumio_start_refused", "the workflow key is not known", {
    override: answers("POST", "account.", 400),
    args: ["--start-one"],
  }],
  ["clock_skew", "the clocks are a minute apart", {
    override: (request) => {
      if (request.method !== "PATCH") return undefined;
      const date = new Date(Date.UTC(2026, 4, 4, 9, 1)).toUTCString();
      return Response.json({ error: { code: 404 } }, { status: 404, headers: { date } });
    },
  }],
  ["service_unreachable", "nothing answers for the service", {
    args: ["--url=https://elsewhere.example.com"],
  }],
  ["secret_short", "a callback secret can be guessed", {
    env: { "JUMIO_CALLBACK_SECRET": "fifteen-letters" },
  }],
  ["kv_down", "the service's KV is down", { override: answers("GET", "/ready", 503) }],
  ["event_refused", "the application refuses events", {
    env: EVENTS_ENV,
    override: answers("POST", "app.example.com", 401),
  }],
  ["callback_unreachable", "a proxy keeps callbacks away", {
    override: answers("POST", "/jumio/callback/", 403),
  }],
];
