// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { TestContext } from "../../../tests/support/context.ts";
import { writeJumio, writeMetadataPublic } from "../../../tests/support/metadata.ts";
import {
  createOperatedContext,
  createPerson,
  OPERATOR_SECRET,
  readActions,
} from "../../../tests/support/operator_api.ts";

const SAME_ORIGIN = {
  "content-type": "application/x-www-form-urlencoded",
  "sec-fetch-site": "same-origin",
};

function post(
  service: TestContext,
  { path, fields, headers = {} }: {
    path: string;
    fields: Record<string, string>;
    headers?: Record<string, string>;
  },
): Promise<Response> {
  return service.send(`/operator/${path}`, {
    method: "POST",
    headers: { ...SAME_ORIGIN, ...headers },
    body: new URLSearchParams(fields).toString(),
    redirect: "manual",
  });
}

async function signIn(service: TestContext): Promise<string> {
  const fields = { name: "Ada L.", secret: OPERATOR_SECRET };
  const response = await post(service, { path: "sign-in", fields });
  await response.body?.cancel();
  return (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

async function show(service: TestContext, cookie: string, path: string): Promise<string> {
  const { pathname, search } = new URL(path, "https://kyc.example.com/operator/");
  const response = await service.send(pathname + search, { headers: { cookie } });
  return await response.text();
}

Deno.test("the button publishes again in the name of the operator, and the page says what it did", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  const cookie = await signIn(service);
  const jumio = { ...service.metadata(identityId), status: "pending", verdict: null };
  await writeJumio(service, { identityId, jumio });
  const before = await show(service, cookie, `/operator/?id=${identityId}`);
  assert.match(before, /differs from our record/);
  assert.match(before, /<dt>status<\/dt>\s*<dd>pending, our record: rejected<\/dd>/);
  assert.match(before, /Publish again/);

  const response = await post(service, {
    path: "publish",
    fields: { id: identityId },
    headers: { cookie },
  });

  assert.equal(response.status, 303);
  const location = response.headers.get("location") ?? "";
  assert.equal(location, `./?id=${identityId}&published=published`);
  assert.equal(service.metadata(identityId)["status"], "rejected");
  const after = await show(service, cookie, location);
  assert.match(after, /role="status"[^]*Our record is being published\./);
  assert.match(after, /<dt>In Ory<\/dt>\s*<dd>the same<\/dd>/);
  const [action] = await readActions(service, identityId) as { by: string; outcome: string }[];
  assert.deepEqual([action?.by, action?.outcome], ["Ada L.", "published"]);
});

Deno.test("the button to publish again does nothing without a session", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  await writeMetadataPublic(service, { identityId, value: null });

  const response = await post(service, { path: "publish", fields: { id: identityId } });
  await service.drain();

  assert.equal(response.headers.get("location"), "./?ended");
  assert.deepEqual(service.metadata(identityId), {});
  assert.deepEqual(await readActions(service, identityId), []);
});

Deno.test("the button refuses an id that is none", async () => {
  await using service = await createOperatedContext();
  const cookie = await signIn(service);

  const response = await post(service, {
    path: "publish",
    fields: { id: "../status" },
    headers: { cookie },
  });

  assert.equal(response.status, 400);
});

Deno.test("the page of an identity works while Ory is down, and the button shows a page then", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  const cookie = await signIn(service);
  service.kratos.faults.isAdminDown = true;

  const page = await show(service, cookie, `/operator/?id=${identityId}`);
  const response = await post(service, {
    path: "publish",
    fields: { id: identityId },
    headers: { cookie },
  });

  assert.match(page, /<dd class="warn">could not be read \(status 503\)<\/dd>/);
  assert.match(page, /rejected<\/strong>, since/);
  assert.equal(response.status, 503);
  const failed = await response.text();
  assert.match(failed, /Nothing was published/);
  assert.match(failed, /Ory answered 503: Ory is down\. Wait: the job is retried/);
});
