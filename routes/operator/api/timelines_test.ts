// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { UpstreamError } from "../../../lib/upstream/error.ts";
import {
  callOperator,
  createOperatedContext,
  createPerson,
} from "../../../tests/support/operator_api.ts";

Deno.test("the export has every event of every timeline once, as the timeline of each person shows it", async () => {
  await using service = await createOperatedContext();
  const people: string[] = [];
  for (
    const [index, outcome] of (["passed", "warning", "rejected", undefined] as const).entries()
  ) {
    const email = `person-${index}@example.com`;
    people.push(
      await createPerson(service, outcome === undefined ? { email } : { email, outcome }),
    );
    await service.advance(60_000);
  }
  await callOperator(service, "starts/pause", { body: {} });
  await service.advance(60_000);
  await callOperator(service, "starts/resume", { body: {} });
  const stored = await Promise.all(
    ["timeline", "callback"].map((table) =>
      service.store.list({ prefix: [table] }, { limit: 500 })
    ),
  );

  const events: Record<string, unknown>[] = [];
  let cursor = "";
  do {
    const query = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const { status, body } = await callOperator(service, `timelines?limit=3${query}`);
    assert.equal(status, 200);
    events.push(...body.events);
    cursor = body["next_cursor"] ?? "";
  } while (cursor !== "");

  const viewed = events.filter(({ event }) => event === "view");
  assert.equal(events.length - viewed.length, stored.flat().length);
  for (const id of people) {
    const { body } = await callOperator(service, `verifications/${id}/timeline?limit=200`);
    const own = events.filter((event) => event["subject_id"] === id);
    const shown = body.events.map(({ next_at: _, ...event }: Record<string, unknown>) => event);
    assert.deepEqual(own.map(({ subject_id: _, ...event }) => event), shown);
  }
  const own = [...people, "exports"];
  const general = events.filter((event) => !own.includes(String(event["subject_id"])));
  assert.deepEqual(general.map((event) => event["action"]), ["pause_starts", "resume_starts"]);
});

Deno.test("who exports is recorded once an hour, and nothing else is written", async () => {
  await using service = await createOperatedContext();
  await createPerson(service, { outcome: "passed" });
  const before = await service.store.list({ prefix: [] }, { limit: 500 });

  await callOperator(service, "timelines?limit=2");
  await callOperator(service, "timelines");
  const { body } = await callOperator(service, "timelines");
  await callOperator(service, "timelines", { headers: { "x-operator": "ada" } });

  const after = await service.store.list({ prefix: [] }, { limit: 500 });
  const known = new Set(before.map(({ key }) => JSON.stringify(key)));
  const added = after.filter(({ key }) => !known.has(JSON.stringify(key)));
  assert.deepEqual(added.map(({ key: [table, subject] }) => [table, subject]), [
    ["timeline", "exports"],
    ["timeline", "exports"],
  ]);
  // Subjects stand in the order of their names, and the person's id is random.
  const exported = body.events.filter((event: Record<string, unknown>) =>
    event["subject_id"] === "exports"
  );
  assert.deepEqual(exported.map(({ event, by }: Record<string, unknown>) => [event, by]), [
    ["view", "grace"],
  ]);
});

Deno.test("an export is answered although nothing can be written, and the log says so", async () => {
  await using service = await createOperatedContext();
  await createPerson(service, { outcome: "passed" });
  const commit = () => Promise.reject(new UpstreamError("kv", "disk_full", { action: "write" }));
  Object.assign(service.context, { store: { ...service.context.store, commit } });

  const { status, body } = await callOperator(service, "timelines");

  assert.equal(status, 200);
  assert(body.events.length > 3);
  const line = service.lines.map((text) => JSON.parse(text)).find(({ level }) => level === "error");
  assert.match(line.message, /^An operator exported timelines, and no timeline has a record of it/);
  assert.equal(line.by, "grace");
});

for (const query of ["cursor=x", "cursor=a/b", "limit=501", "limit=0", "since=yesterday"]) {
  Deno.test(`the export refuses ?${query}`, async () => {
    await using service = await createOperatedContext();

    assert.equal((await callOperator(service, `timelines?${query}`)).status, 400);
  });
}

Deno.test("the export goes on after a place that does not exist, or that is after --until", async () => {
  await using service = await createOperatedContext();
  const id = await createPerson(service, { outcome: "passed" });

  const after = await callOperator(service, "timelines?cursor=zzz/");
  const late = await callOperator(
    service,
    `timelines?until=2020-01-01T00:00:00Z&cursor=${id}/1900000000000.0a`,
  );

  assert.deepEqual([after.status, after.body.events], [200, []]);
  assert.deepEqual([late.status, late.body.events], [200, []]);
});
