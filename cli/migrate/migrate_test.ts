// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMigration } from "../../tests/support/migration.ts";
import { createTestRuntime } from "../../tests/support/operator_runtime.ts";
import { runOperator } from "../frame/run.ts";
import { migrate } from "./migrate.ts";

const flat = (status: string) => ({ "jumio_verification_status": status, plan: "gold" });

Deno.test("operator migrate without --yes prints what it would do and changes nothing", async () => {
  const migration = createMigration();
  const id = await migration.add(flat("verified"));
  await migration.add({ plan: "silver" });

  const { exitCode, stdout } = await migration.run();

  assert.equal(exitCode, 0);
  assert.deepEqual(migration.metadata(id), flat("verified"));
  assert.deepEqual(new Set(migration.requests.map(({ method }) => method)), new Set(["GET"]));
  assert.equal(
    stdout,
    "2 identities read\n" +
      "1 would be migrated\n" +
      "  verified -> verified: 1\n" +
      "0 already have jumio: not changed\n" +
      "1 have no flat keys\n" +
      "This was a dry run: nothing was changed. To migrate, add --yes\n",
  );
});

Deno.test("operator migrate --yes sends one patch for each identity, and none in a second run", async () => {
  const migration = createMigration();
  const verified = await migration.add(flat("verified"));
  const rejected = await migration.add(flat("rejected"));

  const first = await migration.run("--yes", "--rejected-as=expired", "--json");
  const patches = migration.requests.filter(({ method }) => method === "PATCH");
  const second = await migration.run("--yes", "--rejected-as=rejected", "--json");

  assert.deepEqual([first.exitCode, second.exitCode, patches.length], [0, 0, 2]);
  assert.deepEqual(
    new Set(first.report.migrated.map(({ to }: { to: string }) => to)),
    new Set(["verified", "expired"]),
  );
  assert.deepEqual([second.report.migrated, second.report.hasJumio], [[], 2]);
  const metadata = Object(migration.metadata(rejected));
  assert.deepEqual([metadata.plan, metadata.jumio.status], ["gold", "expired"]);
  assert.equal(Object(migration.metadata(verified)).jumio.status, "verified");
});

Deno.test("operator migrate never overwrites jumio, even if it is newer than the list", async () => {
  const jumio = { status: "rejected", verdict: "FAILED" };
  const migration = createMigration();
  const before = await migration.add({ ...flat("verified"), jumio });
  const since = await migration.add(flat("verified"));
  const { fetch } = migration.kratos;
  let reads = 0;

  Object.assign(migration.kratos, {
    fetch: async (request: Request) => {
      // The read of one identity: the service has written it after the list was read.
      if (request.method === "GET" && request.url.endsWith(since) && reads++ === 0) {
        const identity = migration.kratos.identities.get(since);
        Object.assign(identity ?? {}, { "metadata_public": { ...flat("verified"), jumio } });
      }
      return await fetch(request);
    },
  });
  const { report } = await migration.run("--yes", "--json");

  assert.deepEqual([report.migrated, report.hasJumio, reads], [[], 2, 1]);
  for (const id of [before, since]) {
    assert.deepEqual(migration.metadata(id), { ...flat("verified"), jumio });
  }
});

Deno.test("operator migrate reads all pages, and can continue from a page token", async () => {
  const migration = createMigration();
  for (let count = 0; count < 120; count++) await migration.add(flat("initiated"));
  const ids = [...migration.kratos.identities.keys()].sort();

  const all = await migration.run("--json");
  const rest = await migration.run("--json", `--page-token=${ids[99]}`);

  assert.deepEqual([all.report.read, all.report.migrated.length], [120, 120]);
  assert.equal(rest.report.read, 20);
});

Deno.test("operator migrate waits as long as Ory asks, limits its rate, and shows its progress", async () => {
  const migration = createMigration({ isTerminal: true });
  await migration.add(flat("verified"));
  migration.kratos.faults.nextStatuses.push(429);

  const { exitCode, stderr } = await migration.run("--yes", "--per-second=4");

  assert.equal(exitCode, 0);
  const [asked = 0, pace] = migration.waits;
  assert(asked >= 1000 && asked < 2000);
  assert.equal(pace, 250);
  assert.match(stderr, /Cannot list identities: status 429: next try in 1 s/);
  assert.match(stderr, /1 identities read, 1 migrated/);
});

Deno.test("operator migrate prints what it did and where to continue if Kratos stays down", async () => {
  let patches = 0;
  const migration = createMigration({
    beforePatch: (kratos) => {
      if (++patches > 100) kratos.faults.isAdminDown = true;
    },
  });
  for (let count = 0; count < 101; count++) await migration.add(flat("verified"));

  const { exitCode, report, stdout } = await migration.run("--yes", "--json");

  assert.deepEqual([exitCode, report.migrated.length], [1, 100]);
  assert.match(report.stopped, /Cannot (patch|read) an identity: status 503/);
  assert.equal(report.pageToken, [...migration.kratos.identities.keys()].sort()[99]);
  assert(!stdout.includes("person-"));
});

Deno.test("operator migrate --drop-flat removes the flat keys, in the same patch or later", async () => {
  const migration = createMigration();
  const admin = { "jumio_workflow_id": "w", "jumio_transaction_token": "eyJ", note: "kept" };
  const early = await migration.add(flat("verified"), admin);
  await migration.run("--yes");
  const late = await migration.add(flat("initiated"), admin);

  const { report } = await migration.run("--yes", "--drop-flat", "--json");

  assert.deepEqual(report.droppedFlat, [early]);
  assert.equal(report.migrated.length, 1);
  for (const [id, status] of [[early, "verified"], [late, "pending"]] as const) {
    const { jumio, ...rest } = Object(migration.metadata(id));
    assert.deepEqual([jumio.status, rest], [status, { plan: "gold" }]);
    assert.deepEqual(migration.kratos.identities.get(id)?.["metadata_admin"], { note: "kept" });
  }
});

Deno.test("operator migrate does not change an unknown status, and prints the identity", async () => {
  const migration = createMigration();
  const id = await migration.add(flat("limbo"));

  const { exitCode, stdout } = await migration.run("--yes");

  assert.equal(exitCode, 3);
  assert.match(stdout, new RegExp(`Unknown status, not changed: ${id}`));
  assert.deepEqual(migration.metadata(id), flat("limbo"));
});

Deno.test("operator migrate continues after an identity that Kratos refuses", async () => {
  let patches = 0;
  const migration = createMigration({
    beforePatch: (kratos) => {
      if (patches++ === 0) kratos.faults.nextStatuses.push(400);
    },
  });
  await migration.add(flat("verified"));
  await migration.add(flat("verified"));

  const { exitCode, report } = await migration.run("--yes", "--json");

  assert.deepEqual([exitCode, report.migrated.length, report.failed.length], [3, 1, 1]);
  assert.equal(report.failed[0].reason, "Cannot patch an identity: status 400");
});

Deno.test("operator migrate counts a patch whose answer was lost, and does not repeat it", async () => {
  const migration = createMigration();
  const id = await migration.add(flat("verified"));
  const { fetch } = migration.kratos;
  let patches = 0;
  Object.assign(migration.kratos, {
    fetch: async (request: Request) => {
      const answer = await fetch(request);
      // Done, but the answer is lost.
      return request.method === "PATCH" && patches++ === 0
        ? new Response(null, { status: 504 })
        : answer;
    },
  });

  const { report } = await migration.run("--yes", "--json");

  assert.deepEqual([report.migrated.length, report.hasJumio, patches], [1, 0, 1]);
  assert.equal(Object(migration.metadata(id)).jumio.status, "verified");
});

for (const args of [["--rejected-as=verified"], ["--warning-as=verified"], ["--per-second=0"]]) {
  Deno.test(`operator migrate refuses ${args}`, async () => {
    assert.equal((await createMigration().run(...args)).exitCode, 2);
  });
}

Deno.test("operator migrate names a missing setting", async () => {
  const { runtime, stderr } = createTestRuntime();

  const exitCode = await runOperator(["migrate"], { commands: [migrate], runtime });

  assert.equal(exitCode, 2);
  assert.match(stderr(), /KRATOS_ADMIN_URL is missing/);
});
