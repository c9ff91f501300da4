// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { delay } from "../../lib/deadline.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { operate } from "../support/operator.ts";
import { createWorld, type KratosKind } from "./world.ts";

const KINDS: readonly KratosKind[] = ["the real Kratos", "the simulated Kratos"];

for (const kind of KINDS) {
  Deno.test(`On ${kind}, an operator finds, decides, restarts and erases`, async () => {
    await using world = await createWorld(kind);
    const { ory, jumio } = world;
    const env = { ...world.env, "USER": "grace" };

    async function run(command: string): Promise<string> {
      const { exitCode, stdout, stderr } = await operate(command.split(" "), { env, fetch });
      assert.equal(exitCode, 0, stderr);
      return stdout;
    }

    async function waitFor(field: string, value: string | null): Promise<void> {
      await waitUntil(`${field} is ${value}`, async () => {
        const identity = await ory.identity(identityId);
        return (identity?.jumio[field] ?? null) === value;
      });
    }

    const email = `${crypto.randomUUID()}@example.com`;
    await world.stopService();
    await ory.register(email);
    await world.startService();
    const [identityId = ""] = await ory.find(email);

    const swept = await operate(["sweep"], { env, fetch, delay });
    assert.equal(swept.exitCode, 0, swept.stderr);
    assert.match(swept.stdout, /^IDENTITIES +1$/m);
    // Its hook could still be on its way.
    assert.match(swept.stdout, /^NEVER STARTED +0$/m);
    assert.equal(jumio.executions.length, 0);
    await run(`verification start ${identityId}`);
    await waitFor("status", "pending");

    await waitUntil("the execution is there", () => jumio.executions.length === 1);
    await jumio.finish(jumio.executions[0]?.id ?? "", "warning");
    await waitFor("status", "review");
    await run(`verification decide ${identityId} rejected --reason second_look`);
    await waitFor("status", "rejected");
    assert.equal((await ory.signIn(email)).hasSession, false);

    await run(`verification restart ${identityId} --yes`);
    await waitFor("status", "pending");
    await jumio.finish(jumio.executions[1]?.id ?? "", "passed");
    await waitFor("status", "verified");
    await run(`erase ${identityId} --yes`);
    await waitFor("account_id", null);

    const identity = await ory.identity(identityId);
    assert.equal(identity?.jumio["status"], "verified");
    assert.equal(identity?.jumio["verification_url"] ?? null, null);
    assert.equal((await ory.signIn(email)).hasSession, true);
    const deletions = jumio.calls.filter(({ method }) => method === "DELETE");
    assert.deepEqual(deletions.map(({ status }) => status), [200]);
  });

  Deno.test(`On ${kind}, an operator finds and publishes a rejection that an admin PUT lost`, async () => {
    await using world = await createWorld(kind);
    const { ory, jumio } = world;
    const email = `${crypto.randomUUID()}@example.com`;
    const { identityId } = await ory.register(email);
    await waitUntil("the execution is there", () => jumio.executions.length === 1);
    await jumio.finish(jumio.executions[0]?.id ?? "", "rejected");
    const isRejected = async () => (await ory.identity(identityId))?.jumio["status"] === "rejected";
    await waitUntil("the rejection is published", isRejected);
    const before = (await ory.identity(identityId))?.jumio;
    const run = (action: string) =>
      operate(["verification", action, identityId], {
        env: { ...world.env, "USER": "grace" },
        fetch,
      });
    assert.match((await run("show")).stdout, /^In Ory +the same$/m);

    await ory.putWithoutMetadata(identityId);
    const lost = await run("show");
    const published = await run("publish");

    assert.match(
      lost.stdout,
      /^In Ory +differs from our record\n {2}status +-, our record: rejected$/m,
    );
    assert.deepEqual([published.exitCode, published.stderr], [0, ""]);
    assert.match(published.stdout, /^Our record is being published\. It differed in: status, /);
    assert.match(published.stdout, /^In Ory +the same$/m);
    assert.deepEqual((await ory.identity(identityId))?.jumio, before);
    assert.equal((await ory.signIn(email)).hasSession, false);
    assert.match((await run("publish")).stdout, /^Ory has what our record says/);
    const { stdout } = await run("timeline");
    assert.match(stdout, /operator +published +action="publish" .*by="grace"/);
  });
}
