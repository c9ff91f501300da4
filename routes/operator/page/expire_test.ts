// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { TestContext } from "../../../tests/support/context.ts";
import {
  createOperatedContext,
  createPerson,
  OPERATOR_SECRET,
  readActions,
} from "../../../tests/support/operator_api.ts";

function post(
  service: TestContext,
  path: string,
  fields: Record<string, string>,
  cookie = "",
): Promise<Response> {
  return service.send(`/operator/${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "sec-fetch-site": "same-origin",
      cookie,
    },
    body: new URLSearchParams(fields).toString(),
    redirect: "manual",
  });
}

async function signIn(service: TestContext): Promise<string> {
  const response = await post(service, "sign-in", { name: "Ada L.", secret: OPERATOR_SECRET });
  await response.body?.cancel();
  return (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

async function show(service: TestContext, cookie: string, path: string): Promise<string> {
  const { pathname, search } = new URL(path, "https://kyc.example.com/operator/");
  return await (await service.send(pathname + search, { headers: { cookie } })).text();
}

Deno.test("the button ends a verification in the name of the operator, and the page says so", async () => {
  await using service = await createOperatedContext({ env: { "VERIFICATION_VALID_DAYS": "365" } });
  const identityId = await createPerson(service, { outcome: "passed" });
  const cookie = await signIn(service);
  const before = await show(service, cookie, `/operator/?id=${identityId}`);
  assert.match(before, /End the verification/);
  assert.match(before, /<dt>Valid until<\/dt>\s*<dd>2027-05-04 /);

  const response = await post(service, "expire", { id: identityId, reason: "suspicion" }, cookie);
  await service.drain();

  const location = response.headers.get("location") ?? "";
  assert.equal(location, `./?id=${identityId}&expired=expired`);
  assert.equal(service.metadata(identityId)["status"], "expired");
  const after = await show(service, cookie, location);
  assert.match(after, /role="status"[^]*The verification has ended\./);
  assert.doesNotMatch(after, /End the verification|Valid until/);
  const [action] = await readActions(service, identityId) as { by: string; reason: string }[];
  assert.deepEqual([action?.by, action?.reason], ["Ada L.", "suspicion"]);
});

Deno.test("the button to end a verification does nothing without a session", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "passed" });

  const response = await post(service, "expire", { id: identityId, reason: "suspicion" });
  await service.drain();

  assert.equal(response.headers.get("location"), "./?ended");
  assert.equal(service.metadata(identityId)["status"], "verified");
});

Deno.test("the button says that nothing has ended of a rejected person", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  const cookie = await signIn(service);

  const response = await post(service, "expire", { id: identityId, reason: "suspicion" }, cookie);

  const location = response.headers.get("location") ?? "";
  assert.match(await show(service, cookie, location), /Nothing has ended/);
  assert.doesNotMatch(await show(service, cookie, location), /End the verification/);
  assert.equal(service.metadata(identityId)["status"], "rejected");
});
