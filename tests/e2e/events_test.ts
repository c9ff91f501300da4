// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { VerificationEvent } from "../../lib/verification/event.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { startReceiver } from "../support/receiver_server.ts";
import { newEmail } from "./ways_in/way_in.ts";
import { createWorld, type World } from "./world.ts";

/** Reads what an application learns of a person from their session. */
async function whoami({ kratos }: World, sessionToken: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${kratos.publicUrl}/sessions/whoami`, {
    headers: { "x-session-token": sessionToken },
  });
  const { identity } = await response.json();
  return identity["metadata_public"].jumio;
}

for (const kind of ["the real Kratos", "the simulated Kratos"] as const) {
  Deno.test(`whoami does not lag behind an event, on ${kind}`, async () => {
    await using application = startReceiver();
    await using world = await createWorld(kind, { settings: application.env });
    const { ory, jumio } = world;
    const seen: [VerificationEvent["data"], Record<string, unknown>][] = [];
    let sessionToken = "";
    application.onEvent = async ({ data }) => {
      const metadata = sessionToken === ""
        ? (await ory.identity(data["identity_id"]))?.jumio ?? {}
        : await whoami(world, sessionToken);
      seen.push([data, metadata]);
    };

    const email = newEmail();
    await ory.register(email);
    await waitUntil("the first event arrives", () => seen.length === 1);
    await waitUntil("the execution is started", () => jumio.executions.length === 1);
    sessionToken = (await ory.signIn(email)).sessionToken;
    await jumio.finish(jumio.executions.at(-1)?.id ?? "", "passed");
    await waitUntil("the verdict arrives", () => seen.length === 2);

    assert.deepEqual(application.wrong, []);
    assert.deepEqual(seen.map(([{ status }]) => status), ["pending", "verified"]);
    for (const [event, metadata] of seen) {
      const fields = ["status", "verdict", "workflow_execution_id", "decided_at"] as const;
      for (const field of fields) assert.equal(metadata[field], event[field], field);
      assert.match(String(metadata["verification_url"]), /\/jumio\/verify\?token=/);
    }
  });
}
