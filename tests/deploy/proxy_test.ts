// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { metadataOf, waitForStart } from "../../sandbox/processes/fleet.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { startDeployment } from "../support/deployment.ts";

async function statusOf(url: string, init?: RequestInit): Promise<number> {
  const response = await fetch(url, init);
  await response.body?.cancel();
  return response.status;
}

Deno.test("deploy/nginx.conf forwards hooks and callbacks, also when one instance is down", async () => {
  await using deployment = await startDeployment();
  const { fleet, publicUrl } = deployment;
  const isRejected = (identityId: string) =>
    waitUntil(
      "the identity is rejected",
      () => metadataOf(fleet, identityId)["status"] === "rejected",
    );

  const { identityId: ada = "" } = await fleet.kratos.register({ email: "ada@example.com" });
  await waitForStart(fleet, ada);
  const execution = fleet.jumio.executions.at(-1);
  assert(execution);
  assert(execution.callbackUrl?.startsWith(`${publicUrl}/jumio/callback/`));
  await fleet.jumio.finish(execution.id, "rejected");
  await isRejected(ada);
  const link = String(metadataOf(fleet, ada)["verification_url"]);
  assert(link.startsWith(`${publicUrl}/jumio/verify?token=`));
  assert.equal(await statusOf(link), 200);

  await fleet.kill(0);
  const { identityId: bo = "" } = await fleet.kratos.register({ email: "bo@example.com" });
  await waitForStart(fleet, bo);
  await fleet.jumio.finish(String(metadataOf(fleet, bo)["workflow_execution_id"]), "rejected");
  await isRejected(bo);
});

Deno.test("deploy/nginx.conf lets the public reach the callback, the page and /health, and Ory the rest", async () => {
  await using deployment = await startDeployment();
  const { publicUrl, innerUrl } = deployment;

  const statuses = await Promise.all(
    ["/jumio/validate", "/jumio/initiate", "/operator/", "/ready", "/openapi.json", "/health"].map(
      async (path) => [path, await statusOf(publicUrl + path), await statusOf(innerUrl + path)],
    ),
  );

  assert.deepEqual(statuses.filter(([, outer]) => outer !== 404), [["/health", 200, 200]]);
  assert.deepEqual(
    statuses.map(([path, , inner]) => [path, inner]).filter(([path]) => path !== "/operator/"),
    [
      ["/jumio/validate", 405],
      ["/jumio/initiate", 405],
      ["/ready", 200],
      ["/openapi.json", 200],
      ["/health", 200],
    ],
  );
});

for (
  const [sources, status] of [["127.0.0.0/8", 200], ["203.0.113.7", 401]] as const
) {
  Deno.test(`a callback with a forged address 203.0.113.7 gets ${status} if ${sources} is allowed`, async () => {
    await using deployment = await startDeployment({ "JUMIO_CALLBACK_SOURCES": sources });
    const { fleet } = deployment;
    await fleet.kratos.register({ email: "ada@example.com" });
    await waitUntil("there is an execution", () => fleet.jumio.executions.length > 0);
    const { id = "", accountId = "", callbackUrl = "" } = fleet.jumio.executions[0] ?? {};

    const answer = await statusOf(callbackUrl, {
      method: "POST",
      headers: { "content-type": "application/json", "x-forwarded-for": "203.0.113.7" },
      body: JSON.stringify({
        workflowExecution: { id, status: "PROCESSED" },
        account: { id: accountId },
      }),
    });

    assert.equal(answer, status);
  });
}
