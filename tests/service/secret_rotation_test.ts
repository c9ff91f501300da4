// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createTestContext, type TestContext } from "../support/context.ts";

const OLD = "the-old-secret-of-a-sender-0123456789abcdef";
const NEW = "the-new-secret-of-a-sender-0123456789abcdef";
const JSON_TYPE = { "content-type": "application/json" };

/** A secret of senders, and a request that is authenticated by a value of it. */
interface RotatedSecret {
  readonly name: string;
  readonly send: (service: TestContext, secret: string) => Promise<Response>;
}

const callback = JSON.stringify({
  workflowExecution: { id: crypto.randomUUID(), status: "PROCESSED" },
  account: { id: crypto.randomUUID() },
});

const SECRETS: readonly RotatedSecret[] = [
  {
    name: "ORY_WEBHOOK_SECRET",
    send: (service, secret) =>
      service.send("/jumio/validate", {
        method: "POST",
        headers: { ...JSON_TYPE, "x-webhook-secret": secret },
        body: JSON.stringify({ "identity_id": crypto.randomUUID() }),
      }),
  },
  {
    name: "JUMIO_CALLBACK_SECRET",
    send: (service, secret) =>
      service.send("/jumio/callback", {
        method: "POST",
        headers: {
          ...JSON_TYPE,
          "x-jumio-signature": createHmac("sha256", secret).update(callback).digest("hex"),
        },
        body: callback,
      }),
  },
  {
    name: "OPERATOR_SECRET",
    send: (service, secret) =>
      service.send("/operator/status", { headers: { authorization: `Bearer ${secret}` } }),
  },
];

/** The steps of docs/operations.md: the setting, and the values that senders use at that time. */
const STEPS: readonly { setting: string; senders: readonly string[] }[] = [
  { setting: OLD, senders: [OLD] },
  { setting: `${NEW} ${OLD}`, senders: [OLD, NEW] },
  { setting: NEW, senders: [NEW] },
];

for (const { name, send } of SECRETS) {
  Deno.test(`${name} is rotated without a refused request, and its old value is refused afterwards`, async () => {
    const statuses: number[] = [];
    let afterwards: number | undefined;
    for (const { setting, senders } of STEPS) {
      await using service = await createTestContext({
        env: { "ORY_WEBHOOK_SECRET": OLD, [name]: setting },
      });
      for (const secret of senders) statuses.push(await readStatus(send(service, secret)));
      if (setting === NEW) afterwards = await readStatus(send(service, OLD));
    }

    assert.deepEqual(statuses, [200, 200, 200, 200]);
    assert.equal(afterwards, 401);
  });
}

Deno.test("LINK_SECRET is rotated without a refused link, and old links become invalid with the old value", async () => {
  const statuses: number[] = [];
  let afterwards: number | undefined;
  await using before = await createTestContext({ env: { "LINK_SECRET": OLD } });
  const link = await createLinkOf(before);
  statuses.push(await readStatus(before.send(link)));
  for (const { setting } of STEPS.slice(1)) {
    await using service = await createTestContext({ env: { "LINK_SECRET": setting } });
    statuses.push(await readStatus(service.send(await createLinkOf(service))));
    const status = await readStatus(service.send(link));
    if (setting === NEW) afterwards = status;
    else statuses.push(status);
  }

  assert.deepEqual(statuses, [200, 200, 200, 200]);
  assert.equal(afterwards, 403);
});

async function createLinkOf(service: TestContext): Promise<string> {
  const identityId = await service.register();
  const { pathname, search } = new URL(String(service.metadata(identityId)["verification_url"]));
  return pathname + search;
}

async function readStatus(request: Promise<Response>): Promise<number> {
  const response = await request;
  await response.body?.cancel();
  return response.status;
}
