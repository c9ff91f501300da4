// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { OUTCOMES } from "../../sandbox/simulators/jumio/simulator.ts";
import { createTestContext, type TestContext } from "../support/context.ts";
import { tableAfter } from "../support/documents.ts";

const ROOT = new URL("../../", import.meta.url);

const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));

/** Runs a verification with each outcome, with failing upstreams, and sends refused requests. */
async function runEveryOutcome(service: TestContext): Promise<void> {
  for (const outcome of OUTCOMES) {
    const email = `${outcome}@example.com`;
    await service.register(email);
    const execution = service.jumio.executions.at(-1);
    assert(execution);
    service.jumio.faults.nextStatuses = [503];
    await service.jumio.finish(execution.id, outcome);
    await service.advance(60_000);
    await service.signIn(email);
  }
  for (const path of ["/jumio/validate", "/jumio/callback", "/jumio/verify?token=a", "/nowhere"]) {
    const response = await service.send(path, { method: "POST", body: "{}" });
    await response.body?.cancel();
  }
  const unstored = await service.hook("/jumio/validate", {
    "identity_id": "00000000-0000-0000-0000-000000000000",
  });
  await unstored.body?.cancel();
}

Deno.test("docs/audit.md names each kind of row with data of a person, and no other", async () => {
  const rows = tableAfter(`\n${await read("docs/storage.md")}`, "# What is stored in KV");
  // Which rows an erasure touches is checked by retention_test.ts.
  const personal = rows.filter(([_key, _value, _lifetime, _deletedBy, erasure]) =>
    erasure !== "nothing of a person"
  ).map(([key = ""]) => /"([a-z_]+)"/.exec(key)?.[1]);

  const kept = tableAfter(await read("docs/audit.md"), "## What is kept")
    .flatMap(([_data, _purpose, kinds = ""]) => [...kinds.matchAll(/`([a-z_]+)`/g)])
    .map(([, kind]) => kind);

  assert(kept.length > 8);
  assert.deepEqual([...new Set(kept)].sort(), [...new Set(personal)].sort());
});

Deno.test("docs/audit.md lists every field of a log line, and docs/storage.md every kind of row", async () => {
  await using service = await createTestContext();
  const [storage = "", audit = ""] = await Promise.all(
    ["docs/storage.md", "docs/audit.md"].map(read),
  );

  await runEveryOutcome(service);

  const fields = new Set(service.lines.flatMap((line) => Object.keys(JSON.parse(line))));
  const [, logged = ""] = audit.split("## What the log holds");
  assert(fields.size > 12);
  assert.deepEqual([...fields].filter((field) => !logged.includes(`\`${field}\``)), []);
  const rows = await service.store.list({ prefix: [] }, { limit: 1000 });
  const kinds = new Set(rows.map(({ key }) => String(key[0])));
  assert.deepEqual([...kinds].filter((kind) => !storage.includes(`| \`["${kind}"`)), []);
});

Deno.test("docs/audit.md quotes the name of a test", async () => {
  const audit = (await read("docs/audit.md")).replaceAll(/\s+/g, " ");

  const [, path = "", name = ""] = /\(\.\.\/([^)]+)\) runs [^"(]*"([^"]+)"/.exec(audit) ?? [];

  assert((await read(path)).includes(`Deno.test("${name}"`), name);
});
