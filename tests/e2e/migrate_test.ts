// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { operate } from "../support/operator.ts";
import { createWorld, type World } from "./world.ts";

const PASSWORD = "Correct-horse-9-battery";

/** Creates a person with the metadata that the public sample wrote. Returns the id. */
async function importPerson(
  { env }: World,
  { email, metadataPublic, metadataAdmin = null }: {
    email: string;
    metadataPublic: unknown;
    metadataAdmin?: unknown;
  },
): Promise<string> {
  const response = await fetch(`${env["KRATOS_ADMIN_URL"]}/admin/identities`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      "schema_id": "person",
      traits: { email },
      "metadata_public": metadataPublic,
      "metadata_admin": metadataAdmin,
      credentials: { password: { config: { password: PASSWORD } } },
    }),
  });
  assert.equal(response.status, 201);
  return (await response.json()).id;
}

const flat = (status: string, more: Record<string, unknown> = {}) => ({
  "jumio_account_id": "6f0c2f0e-5b1d-4c7e-9a53-1f2f6c1f7a10",
  "jumio_verification_status": status,
  "jumio_initiated_at": "2025-01-02T03:04:05.678Z",
  plan: "gold",
  ...more,
});

Deno.test("operator migrate converts the identities of the sample at a real Kratos", async () => {
  await using world = await createWorld("the real Kratos");
  const { ory } = world;
  const people = {
    verified: flat("verified", { "jumio_verification_decision": "PASSED" }),
    rejected: flat("rejected", { "jumio_verification_decision": "REJECTED" }),
    expired: flat("rejected", { "jumio_verification_decision": "NOT_EXECUTED" }),
    pending: flat("initiated"),
  };
  const ids: Record<string, string> = {};
  for (const [name, metadataPublic] of Object.entries(people)) {
    ids[name] = await importPerson(world, {
      email: `${name}@example.com`,
      metadataPublic,
      metadataAdmin: { "jumio_transaction_token": "eyJ", "jumio_workflow_id": "w", note: "kept" },
    });
  }
  // More than one page, so that the Link header of Kratos is used.
  for (let count = 0; count < 100; count++) {
    await importPerson(world, { email: `other-${count}@example.com`, metadataPublic: null });
  }
  const migrate = async (...args: string[]) => {
    const argv = ["migrate", "--json", "--rejected-as=expired", "--per-second=1000", ...args];
    const { exitCode, stdout } = await operate(argv, { env: { ...world.env }, fetch });
    return { exitCode, report: JSON.parse(stdout) };
  };
  const metadataOf = async (name: string) =>
    Object((await ory.identity(ids[name] ?? ""))?.metadataPublic);

  const before = await ory.signIn("expired@example.com");
  const dry = await migrate();
  const untouched = await metadataOf("verified");
  const run = await migrate("--yes");
  const again = await migrate("--yes", "--drop-flat");

  assert.equal(before.hasSession, false);
  assert.deepEqual(untouched, people.verified);
  assert.deepEqual([dry.report.read, dry.report.migrated.length], [104, 4]);
  assert.deepEqual([run.exitCode, run.report.migrated.length, run.report.noFlatKeys], [0, 4, 100]);
  assert.deepEqual([again.report.migrated, again.report.droppedFlat.length], [[], 4]);
  for (const [name, id] of Object.entries(ids)) {
    const { jumio, ...rest } = await metadataOf(name);
    assert.deepEqual([jumio.status, rest], [name, { plan: "gold" }]);
    assert.equal(jumio["account_id"], people.verified["jumio_account_id"]);
    const url = `${world.env["KRATOS_ADMIN_URL"]}/admin/identities/${id}`;
    assert.deepEqual((await (await fetch(url)).json())["metadata_admin"], { note: "kept" });
  }
  // Verified people sign in while the service is down. The person with `expired` signs in now.
  const rejected = await ory.signIn("rejected@example.com");
  const expired = await ory.signIn("expired@example.com");
  await world.stopService();
  const verified = await ory.signIn("verified@example.com");
  assert.equal(rejected.hasSession, false);
  assert.match(rejected.messages.join(), /could not be verified/);
  assert.deepEqual([expired.hasSession, verified.hasSession], [true, true]);
});
