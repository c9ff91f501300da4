// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { MAX_CREATES_A_DAY } from "../../lib/verification/create_calls.ts";
import { MAX_RESTARTS_A_DAY } from "../../lib/verification/restarts.ts";
import type { TestContext } from "../support/context.ts";
import { readFile, tableAfter } from "../support/documents.ts";
import { callOperator, OPERATOR_SECRET } from "../support/operator_api.ts";
import { createPersonService, finishExecution, showPage } from "../support/person_page.ts";

const DOCUMENT = "docs/evaluate.md";
const MINUTE = 60_000;

/** A version on the page, and the place in the repository that decides it. */
const VERSIONS: readonly (readonly [part: string, file: string, pattern: RegExp])[] = [
  ["Kratos", "tests/kratos/go.mod", /^require github\.com\/ory\/kratos v([\d.]+)$/m],
  ["Kratos", "deploy/compose.yaml", /oryd\/kratos:v([\d.]+)$/m],
  ["Deno", "lib/server/start_warnings.ts", /MIN_DENO = \[([\d, ]+)\]/],
  ["Deno", "deploy/Containerfile", /denoland\/deno:(?:\w+-)?([\d.]+)/],
  ["denokv", "sandbox/processes/denokv.ts", /^const VERSION = "([\d.]+)"/m],
  ["denokv", "deploy/compose.yaml", /denoland\/denokv:([\d.]+)$/m],
];

for (const [part, file, pattern] of VERSIONS) {
  Deno.test(`the tested version of ${part} is that of ${file}`, async () => {
    const [, found = ""] = pattern.exec(await readFile(file)) ?? [];
    const rows = tableAfter(await readFile(DOCUMENT), "## Tested versions");

    const stated = rows.find(([name]) => name === part)?.[1];

    assert.equal(stated, found.replaceAll(", ", "."));
  });
}

Deno.test("the least version of Kratos is that of the doctor", async () => {
  const [, parts = ""] = /LEAST_VERSION = \[([\d, ]+)\]/.exec(
    await readFile("cli/doctor/check_kratos.ts"),
  ) ?? [];

  const rows = tableAfter(await readFile(DOCUMENT), "## Tested versions");

  const how = rows.find(([name]) => name === "Kratos")?.[2] ?? "";
  assert(how.includes(`${parts.replaceAll(", ", ".")} is the least`), how);
});

Deno.test("the only tested browser is Chromium", async () => {
  const source = await readFile("tests/browser/browser.ts");

  const launched = [...source.matchAll(/\b(chromium|firefox|webkit)\.launch/g)].map(([, name]) =>
    name
  );

  assert.deepEqual(launched, ["chromium"]);
});

/**
 * What makes the calls of each row of the page, for a person with an open execution. Gives how many
 * calls were made before.
 */
const HAPPENINGS: Readonly<Record<string, (service: TestContext, id: string) => Promise<number>>> =
  {
    async "a verification whose callback arrives"(service) {
      await finishExecution(service, "passed");
      await advanceADay(service);
      return 0;
    },
    async "the person starts again after it expired"(service, id) {
      await finishExecution(service, "abandoned");
      // The read that the callback asked for may still be under way.
      await service.drain();
      const before = service.jumio.calls.length;
      await service.follow(id);
      // A check that meets the end of this publication is refused its commit, and reads once more.
      await service.drain();
      await finishExecution(service, "passed");
      await advanceADay(service);
      return before;
    },
    async "a sign-in, or a look at the person's page"(service, id) {
      await finishExecution(service, "passed");
      await service.drain();
      const before = service.jumio.calls.length;
      await service.signIn();
      await showPage(service, id);
      await advanceADay(service);
      return before;
    },
    async "a verification whose callback is lost"(service) {
      service.jumio.faults.callbacks = "drop";
      await finishExecution(service, "passed");
      await advanceADay(service);
      return 0;
    },
    async "an erasure"(service, id) {
      const before = service.jumio.calls.length;
      await callOperator(service, `verifications/${id}/erase`, { body: {} });
      await advanceADay(service);
      return before;
    },
  };

async function advanceADay(service: TestContext): Promise<void> {
  for (let minute = 0; minute < 24 * 60; minute += 5) await service.advance(5 * MINUTE);
}

/** How many calls of each column reached Jumio. Calls for a token have no column. */
function countCalls({ jumio }: TestContext, before: number): readonly number[] {
  const columns = Map.groupBy(jumio.calls.slice(before), ({ method, path }) => {
    if (path.startsWith("/oauth2/")) return "token";
    if (method === "POST" || method === "PUT") return "account";
    return method === "GET" && !path.endsWith("/status") ? "read" : "other";
  });
  return (["account", "read", "other"] as const).map((name) => columns.get(name)?.length ?? 0);
}

for (const [name, happen] of Object.entries(HAPPENINGS)) {
  Deno.test(`the page is right about the calls to Jumio of: ${name}`, async () => {
    const rows = tableAfter(await readFile(DOCUMENT), "## What it costs at Jumio");
    const [, accounts, reads, other = ""] = rows.find(([row]) => row === name) ?? [];
    await using service = await createPersonService({
      env: { "OPERATOR_SECRET": OPERATOR_SECRET },
    });
    const identityId = await service.register();

    const before = await happen(service, identityId);

    const counts = countCalls(service, before);
    const [, , others = 0] = counts;
    assert.deepEqual(counts, [Number(accounts), Number(reads), others]);
    assert.equal(others > 0, other !== "");
  });
}

Deno.test("each row of the page about calls to Jumio is counted", async () => {
  const rows = tableAfter(await readFile(DOCUMENT), "## What it costs at Jumio");

  assert.deepEqual(rows.map(([name]) => name).toSorted(), Object.keys(HAPPENINGS).toSorted());
});

Deno.test("the page is right about the limits for one person", async () => {
  const page = (await readFile(DOCUMENT)).replaceAll(/\s+/g, " ");

  assert(page.includes(`${MAX_RESTARTS_A_DAY} restarts a day by one person`));
  assert(page.includes(`${MAX_CREATES_A_DAY} create calls a day`));
  await using service = await createPersonService();
  const { maxExecutions } = service.context.config.jumio;
  assert(page.includes(`${maxExecutions} executions in all for one person`));
});
