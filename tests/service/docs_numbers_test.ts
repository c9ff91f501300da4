// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { CHECK, PUBLISH, START } from "../../lib/verification/job_kinds.ts";
import { readFile } from "../support/documents.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** In hours. */
const WEEK = 7 * 24;

const WORDS: Readonly<Record<string, number>> = {
  a: 1,
  one: 1,
  two: 2,
  five: 5,
  six: 6,
  seven: 7,
  ten: 10,
  half: 0.5,
};

const OPERATIONS = "docs/operations.md";
const STORAGE = "docs/storage.md";
const DECISION_6 = "docs/decisions/0006-links-of-thirty-minutes.md";
const DECISION_11 = "docs/decisions/0011-connections-to-a-kv-server.md";

/**
 * A number in a document and the constant that makes it true. The group of the pattern is the number,
 * in digits or as a word, in `unit`s of the constant; `more` is what the document counts in addition.
 */
type Fact = readonly [
  document: string,
  pattern: RegExp,
  file: string,
  constant: string,
  unit?: number,
  more?: number,
];

const FACTS: readonly Fact[] = [
  [OPERATIONS, /opens\s+up\s+to (\d+)/g, "lib/kv/connections.ts", "MAX_CONNECTIONS", 1, 1],
  [DECISION_11, /up\s+to (\d+)\s+for/g, "lib/kv/connections.ts", "MAX_CONNECTIONS", 1, 1],
  [OPERATIONS, /lease\s+of (\d+) s/g, "lib/jobs/claim.ts", "LEASE_MS", SECOND],
  [OPERATIONS, /one lease \((\d+) s\)/g, "lib/jobs/claim.ts", "LEASE_MS", SECOND],
  ["docs/deploy.md", /lease\s+of (\d+) s/g, "lib/jobs/claim.ts", "LEASE_MS", SECOND],
  [OPERATIONS, /sleep of the runner \((\d+) s/g, "lib/jobs/queue_loop.ts", "MAX_SLEEP_MS", SECOND],
  ["docs/performance.md", /reads (\d+) results\s+at\s+a/g, "lib/jobs/claim.ts", "MAX_CLAIMED"],
  [OPERATIONS, /call to KV ends after (\d+) s/g, "lib/kv/store.ts", "DEADLINE_MS", SECOND],
  [OPERATIONS, /get 503 within (\d+) s/g, "lib/kv/store.ts", "DEADLINE_MS", SECOND],
  [OPERATIONS, /request took more than (\d+) s/g, "routes/mod.ts", "DEADLINE_MS", SECOND],
  [OPERATIONS, /the call ends after (\d+) s/g, "lib/upstream/call.ts", "TIMEOUT_MS", SECOND],
  [
    OPERATIONS,
    /\(a create call: (\d+) s/g,
    "lib/jumio/_start_workflow.ts",
    "START_TIMEOUT_MS",
    SECOND,
  ],
  [OPERATIONS, /or (\d+) MiB/g, "lib/upstream/call.ts", "MAX_ANSWER_BYTES", 1024 * 1024],
  [
    OPERATIONS,
    /(\w+) minute after each verdict/g,
    "lib/verification/work/_losses.ts",
    "CONFIRM_AFTER_MS",
    MINUTE,
  ],
  ["docs/operations.md", /ends\s+within ([\d.]+) s/g, "lib/service.ts", "SHUTDOWN_MS", SECOND],
  [
    "docs/architecture.md",
    /after (\d+) s at the latest/g,
    "routes/hooks/initiate.ts",
    "ATTEMPT_MS",
    SECOND,
  ],
  [
    STORAGE,
    /is settled, then (\d+) days/g,
    "lib/verification/executions.ts",
    "EXECUTION_LIFETIME_MS",
    DAY,
  ],
  [
    STORAGE,
    /^\| `\["timeline".*\| (\d+) days/gm,
    "lib/history/timeline.ts",
    "TIMELINE_LIFETIME_MS",
    DAY,
  ],
  [
    STORAGE,
    /^\| `\["callback_token".*\| (\d+) days/gm,
    "lib/verification/callback_token.ts",
    "TOKEN_LIFETIME_MS",
    DAY,
  ],
  [STORAGE, /^\| `\["count".*\| (\w+) weeks/gm, "lib/history/hourly_counts.ts", "KEPT_HOURS", WEEK],
  [
    STORAGE,
    /^\| `\["access_token_lease".*\| (\w+) seconds/gm,
    "lib/jumio/_shared_token.ts",
    "RENEWAL_LEASE_MS",
    SECOND,
  ],
  [
    "docs/integrate.md",
    /link\s+on\s+the\s+identity\s+(\w+)\s+days/g,
    "lib/verification/link.ts",
    "RENEWAL_MARGIN_MS",
    DAY,
  ],
  [
    "docs/integrate.md",
    /(\w+) new\s+executions in\s+24/g,
    "lib/verification/restarts.ts",
    "MAX_RESTARTS_A_DAY",
  ],
  [
    OPERATIONS,
    /at most (\w+) that may\s+have made an execution in any 24/g,
    "lib/verification/create_calls.ts",
    "MAX_CREATES_A_DAY",
  ],
  [
    DECISION_6,
    /(\w+) new\s+executions in\s+24/g,
    "lib/verification/restarts.ts",
    "MAX_RESTARTS_A_DAY",
  ],
  [
    DECISION_6,
    /valid for less than (\w+) minutes/g,
    "lib/verification/executions.ts",
    "MIN_LINK_LIFETIME_MS",
    MINUTE,
  ],
  [
    "docs/decisions/0007-what-the-link-may-do.md",
    /valid for (\w+) minutes/g,
    "lib/verification/link.ts",
    "VISIT_LIFETIME_MS",
    MINUTE,
  ],
  [
    "docs/decisions/0009-operator-api.md",
    /cookie for\s+(\w+) an hour/g,
    "lib/operator/key.ts",
    "SESSION_MS",
    60 * MINUTE,
  ],
  [
    "docs/operator.md",
    /at least (\d+) characters/g,
    "lib/config/_operator_keys.ts",
    "MIN_LENGTH",
  ],
  [
    "docs/operations.md",
    /was gone (\w+) times in a row/g,
    "lib/verification/work/_losses.ts",
    "MAX_LOSSES",
  ],
  ["docs/observability.md", /up to (\d+)/g, "lib/jobs/queue_status.ts", "MAX_COUNTED"],
];

/** Reads a numeric constant from a source: a product of numbers and of constants of the same file. */
async function readConstant(file: string, name: string): Promise<number> {
  const source = await readFile(file);
  const resolve = (constant: string): number => {
    const [, product] = new RegExp(`const ${constant} = ([\\w. *]+);`).exec(source) ??
      assert.fail(`${file} has no number ${constant}`);
    return (product ?? "").split(" * ").map((factor) =>
      /^\d/.test(factor) ? Number(factor.replaceAll("_", "")) : resolve(factor)
    ).reduce((left, right) => left * right);
  };
  return resolve(name);
}

for (const [document, pattern, file, constant, unit = 1, more = 0] of FACTS) {
  Deno.test(`${document} agrees with ${constant} of ${file}`, async () => {
    const value = await readConstant(file, constant) / unit + more;

    const stated = [...(await readFile(document)).matchAll(pattern)]
      .map(([, number = ""]) => WORDS[number] ?? Number(number));

    assert(stated.length > 0, `${document} does not match ${pattern}`);
    assert.deepEqual(new Set(stated), new Set([value]));
  });
}

Deno.test("docs/operations.md has the waits and the ends of the retry schedules", async () => {
  const text = await readFile("docs/operations.md");
  const waits = (schedule: typeof START.schedule, count: number) =>
    schedule.delaysMs.slice(0, count).map((ms) => ms / SECOND).join(", ");
  const last = (schedule: typeof START.schedule) => (schedule.delaysMs.at(-1) ?? 0) / SECOND;

  const retries = `${waits(START.schedule, 3)} … ${last(START.schedule)} s`;
  assert.equal(START.schedule.giveUpAfterMs, 2 * DAY);
  assert(text.includes(`The start is retried after ${retries}, for two days`));
  assert.equal(PUBLISH.schedule.giveUpAfterMs, DAY);
  assert.equal(waits(PUBLISH.schedule, 3), waits(START.schedule, 3));
  assert.equal(last(PUBLISH.schedule), last(START.schedule));
  assert(text.includes(`the write is retried after ${retries}, for a day`));
  assert.equal(CHECK.schedule.giveUpAfterMs, DAY);
  assert.equal(last(CHECK.schedule), 3_600);
  assert(text.includes(`reads again after ${waits(CHECK.schedule, 4)} s, then after longer waits`));
});

Deno.test("docs/operations.md and docs/audit.md agree with the defaults of .env.example", async () => {
  const settings = await readFile(".env.example");
  const [, days] = /^# LINK_LIFETIME_DAYS=(\d+)$/m.exec(settings) ?? [];
  const [, rate] = /^# JUMIO_STARTS_PER_SECOND=(\d+)$/m.exec(settings) ?? [];

  assert((await readFile("docs/audit.md")).includes(`\`LINK_LIFETIME_DAYS\` (${days} by default)`));
  assert.equal(rate, "1");
  assert(
    (await readFile("docs/operations.md")).replaceAll("\n   ", " ")
      .includes("3,600 an hour at one a second"),
  );
});

Deno.test("docs/operations.md has the thresholds of deploy/alerts.yaml", async () => {
  const rules = (await readFile("deploy/alerts.yaml")).split("- alert: ").slice(1);
  const rows = (await readFile("docs/operations.md")).split("\n");
  const stated: readonly [alert: string, inRule: RegExp, inRow: RegExp][] = [
    ["StartsBehind", /> 900/, /wait for 15 minutes/],
    ["UpstreamFailing", /> 0\.2\n\s+for: 10m/, /over 20 % of the calls .* for 10 minutes/],
    ["HookSecretWrong", /\[10m\]\)\) > 5/, /more than 5 hooks in 10 minutes/],
    ["CallbacksRefused", /\[10m\]\)\) > 10/, /more than 10 callbacks in 10 minutes/],
    ["CallbacksMissing", /0\.5 \* [\s\S]*\[1h\]\)\) > 20/, /over half of 20 or more .* in an hour/],
    ["SlowSignIns", /0\.99[\s\S]*> 0\.25/, /slowest 1 % .* more than 0\.25 s/],
  ];

  for (const [alert, inRule, inRow] of stated) {
    assert.match(rules.find((rule) => rule.startsWith(alert)) ?? "", inRule, alert);
    assert.match(rows.find((row) => row.startsWith(`| ${alert} `)) ?? "", inRow, alert);
  }
});
