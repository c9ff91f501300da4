// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { HISTORY_ROWS } from "../../lib/history/row_schemas.ts";
import { JUMIO_ROWS } from "../../lib/jumio/row_schemas.ts";
import { JOB_KINDS } from "../../lib/verification/job_kinds.ts";
import { VERIFICATION_ROWS } from "../../lib/verification/row_schemas.ts";
import { createWorld, live, passDays, type World } from "../support/retention_life.ts";
import { type Erased, eraseInEveryState, storeEveryKind } from "../support/retention_scenario.ts";
import type { WrittenRow } from "../support/retention_store.ts";
import { findTableRow, isAbout, readLifetimes, readTable } from "../support/retention_table.ts";

const DAY = 86_400_000;

/** Longer than most lifetimes, and longer than all of them. */
const SOME_DAYS = 60;
const LONG_DAYS = 420;

const document = await Deno.readTextFile(new URL("../../docs/storage.md", import.meta.url));
const table = readTable(document);
const { written, deleted, erased, soon, late, ids } = await observe();
const left = late.rows;

/** What the code does with rows: in a life of every kind, in erasures, and long after both. */
async function observe() {
  await using world = await createWorld();
  await storeEveryKind(world);
  const erased = await eraseInEveryState(world);
  await passDays(world, SOME_DAYS);
  const soon = { rows: await world.store.listAll(), at: world.clock.now };
  await passDays(world, LONG_DAYS - SOME_DAYS);
  // Without our page, a link works for longer.
  await using other = await createWorld({ "PUBLIC_URL": "" });
  await live(other, "linked@example.com");
  return {
    written: [...world.store.written, ...other.store.written],
    deleted: world.store.deleted,
    erased,
    soon,
    late: { rows: await world.store.listAll(), at: world.clock.now },
    ids: listIds(world),
  };
}

function listIds({ kratos, jumio }: World): readonly string[] {
  const executions = jumio.executions.flatMap(({ id, accountId }) => [id, accountId]);
  return [...kratos.identities.keys(), ...executions];
}

function isOf(tableKey: string): (row: { readonly key: Deno.KvKey }) => boolean {
  return ({ key }) => findTableRow(table, key)?.key === tableKey;
}

Deno.test("docs/storage.md has each kind of row that the code writes, and no other", () => {
  const unknown = written.filter(({ key }) => findTableRow(table, key) === undefined);
  const unwritten = table.filter(({ key }) => !written.some(isOf(key)));

  assert.deepEqual(unknown.map(({ key }) => key), []);
  assert.deepEqual(unwritten.map(({ key }) => key), []);
});

Deno.test("docs/storage.md has each kind of row that has a schema, and each kind of job", () => {
  const schemas = Object.keys({ ...VERIFICATION_ROWS, ...HISTORY_ROWS, ...JUMIO_ROWS });

  const kinds = new Set(schemas.map((name) => name.split("/")[0]));
  assert.deepEqual([...kinds].filter((kind) => !document.includes(`| \`["${kind}"`)), []);
  const [, jobs = ""] = /^\| `\["job", kind, id\]`([^|]*\|[^|]*)/m.exec(document) ?? [];
  assert.deepEqual(JOB_KINDS.map(({ name }) => name).filter((name) => !jobs.includes(name)), []);
});

for (const { key, lifetime, deletedBy, erasure } of table) {
  const writes = written.filter(isOf(key));

  Deno.test(`the rows ${key} live as long as docs/storage.md says: ${lifetime}`, () => {
    const given = new Set(writes.map(({ expireInMs }) => expireInMs));
    const documented = deletedBy.includes("KV") ? readLifetimes(resolveLifetime(lifetime)) : [];

    assert.deepEqual([...given].filter((ms) => ms !== undefined).sort(), [...documented].sort());
    assert(documented.length > 0 || !deletedBy.includes("KV"), "KV needs a lifetime");
    // Where another condition stands first, a row has no end before that.
    assert(!/^(\d|an?\b)/.test(lifetime) || !given.has(undefined), "a row without an end");
    for (const { rows, at } of [soon, late]) {
      for (const row of rows.filter(isOf(key))) assertNotOver(row, { lifetime, now: at });
    }
  });

  Deno.test(`the rows ${key} are deleted by whom docs/storage.md says: ${deletedBy}`, () => {
    const by = new Set(deleted.filter(isOf(key)).map((row) => row.by));
    const names = deletedBy.split(", ");

    assert.equal(names.includes("the service"), by.has("the service"));
    // An operator acts through the service, which may have to delete rows for that.
    assert(!by.has("an operator") || names.includes("an operator") || by.has("the service"));
    assert(!names.includes("an operator") || by.has("an operator"));
    assert.deepEqual(names.includes("nobody"), names.length === 1 && names[0] === "nobody");
    assert(!names.includes("nobody") || by.size === 0);
  });

  Deno.test(`an erasure does to the rows ${key} what docs/storage.md says: ${erasure}`, () => {
    assertErased(key, { erasure, writes });
  });
}

/** A row of an index lives as long as the row that it lists. */
function resolveLifetime(lifetime: string): string {
  const [, owner] = /^with its (\w+)$/.exec(lifetime) ?? [];
  const row = table.find(({ key }) => key.startsWith(`["${owner}"`));
  return row?.lifetime ?? lifetime;
}

/** A row whose end is a fixed time after its last write must not be there after it. */
function assertNotOver(
  { key }: { key: Deno.KvKey },
  { lifetime, now }: { lifetime: string; now: number },
): void {
  if (!/^(\d|an?\b|six|five)/.test(lifetime)) return;
  const at = written.findLast((row) => JSON.stringify(row.key) === JSON.stringify(key))?.at ?? 0;
  assert(now - at <= Math.max(...readLifetimes(lifetime)), JSON.stringify(key));
}

function assertErased(
  tableKey: string,
  { erasure, writes }: { erasure: string; writes: readonly WrittenRow[] },
): void {
  if (erasure === "nothing of a person") {
    assert.deepEqual(writes.filter((row) => isAbout(row, ids)), []);
    return;
  }
  const states = erased.map((state) => describeErasure(tableKey, state));
  if (erasure === "created") {
    assert(states.every(({ before, isCreated }) => before === 0 && isCreated));
    return;
  }
  assert(states.some(({ before }) => before > 0), "no erasure found such a row");
  for (const { before, kept, named } of states) {
    if (erasure === "deleted") assert.equal(kept, 0);
    else assert.equal(kept, before);
    if (erasure.startsWith("emptied")) assert.equal(named, 0);
  }
}

function describeErasure(tableKey: string, { ids: own, before, after }: Erased) {
  const keyOf = ({ key }: { key: Deno.KvKey }) => JSON.stringify(key);
  const about = before.filter(isOf(tableKey));
  const then = after.filter(isOf(tableKey));
  const kept = then.filter((row) => about.some((earlier) => keyOf(earlier) === keyOf(row)));
  return {
    before: about.length,
    kept: kept.length,
    named: kept.filter(({ value }) => isAbout({ key: [], value }, own)).length,
    isCreated: then.some((row) => isAbout(row, own)),
  };
}

Deno.test("of an erased person, only that they were erased is left after the longest lifetime", () => {
  for (const { ids: own } of erased) {
    const rest = left.filter((row) => isAbout(row, own)).map(({ key }) => key[0]);
    assert.deepEqual(rest, ["tombstone"]);
  }
});

Deno.test("an index row is left only where the row that it lists is left", () => {
  const keys = new Set(left.map(({ key }) => JSON.stringify(key)));
  const listed = left.flatMap(({ key: [table, kind, , id, suffix] }) => {
    if (table === "verification_by_status") return [["verification", id]];
    if (table === "identity_execution") return [["execution", id]];
    return table === "due" && suffix === undefined ? [["job", kind, id]] : [];
  });

  assert(listed.length > 10);
  assert.deepEqual(listed.filter((key) => !keys.has(JSON.stringify(key))), []);
});

Deno.test("nothing is left of a person whom Ory has deleted, 400 days after the service saw it", () => {
  const gone = written.find(({ value }) => Object(value).goneAt > 0)?.key[1];
  assert(typeof gone === "string");

  assert(late.at - Object(written.find(({ value }) => Object(value).goneAt > 0)).at > 400 * DAY);
  assert.deepEqual(left.filter((row) => isAbout(row, [gone])).map(({ key }) => key), []);
});
