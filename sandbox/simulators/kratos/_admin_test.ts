// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import * as z from "zod";
import {
  ADA,
  type Answer,
  call,
  createKratos,
  idsOf,
  patch,
} from "../../../tests/support/kratos_client.ts";
import { ZERO_ID } from "./_state.ts";

const add = (path: string, value: unknown) => ({ op: "add", path, value });

Deno.test("the admin API ends sessions, and whoami shows no admin metadata", async () => {
  const { kratos } = createKratos();
  const { identityId = "", sessionToken = "" } = await kratos.register(ADA);
  const path = `/admin/identities/${identityId}`;
  await patch(kratos, identityId, [{ op: "add", path: "/metadata_admin", value: { a: 1 } }]);
  const headers = { "x-session-token": sessionToken };

  const before = await call(kratos, "/sessions/whoami", { headers });
  const ended = await call(kratos, `${path}/sessions`, { method: "DELETE" });
  const again = await call(kratos, `${path}/sessions`, { method: "DELETE" });
  const after = await call(kratos, "/sessions/whoami", { headers });

  assert.deepEqual([before.status, ended.status, again.status, after.status], [200, 204, 404, 401]);
  const { identity } = z.object({ identity: z.looseObject({ id: z.string() }) }).parse(before.json);
  assert.equal(identity.id, identityId);
  assert(!("metadata_admin" in identity));
});

for (const id of ["malformed", "3f0c8f6e-4b8f-4d0a-9d43-5a5c0a1f2b6d", ZERO_ID]) {
  Deno.test(`the id ${id} is unknown`, async () => {
    const { kratos } = createKratos();

    const { status } = await patch(kratos, id, []);

    assert.equal(status, 404);
  });
}

Deno.test("identities are listed by page, by id and by address", async () => {
  const { kratos } = createKratos();
  const ids: string[] = [];
  for (const name of ["a", "b", "c"]) {
    const { identityId = "" } = await kratos.register({ email: `${name}@example.com` });
    ids.push(identityId);
  }

  const pages: string[] = [];
  let next: string | undefined = "/admin/identities?page_size=2";
  while (next !== undefined) {
    const page: Answer = await call(kratos, next);
    pages.push(...idsOf(page));
    next = /<([^>]+)>; rel="next"/.exec(page.headers.get("link") ?? "")?.[1];
  }
  const byId = await call(kratos, `/admin/identities?ids=${ids[0]}&ids=${crypto.randomUUID()}`);
  const byEmail = await call(kratos, "/admin/identities?credentials_identifier=b@example.com");

  assert.deepEqual(pages, ids.toSorted());
  assert.deepEqual(idsOf(byId), [ids[0]]);
  assert.deepEqual(idsOf(byEmail), [ids[1]]);
});

Deno.test("an admin call without the API key is refused", async () => {
  const { kratos } = createKratos({ apiKey: "ory_pat_1" });
  const headers = { authorization: "Bearer ory_pat_1" };

  assert.equal((await call(kratos, "/admin/identities")).status, 401);
  assert.equal((await call(kratos, "/admin/identities", { headers })).status, 200);
});

Deno.test("admin calls fail as the faults say", async () => {
  const { kratos } = createKratos();
  const { identityId = "" } = await kratos.register(ADA);
  const path = "/admin/identities";

  kratos.faults.nextStatuses.push(500);
  assert.equal((await call(kratos, path)).status, 500);
  assert.equal((await call(kratos, path)).status, 200);
  kratos.faults.isAdminDown = true;
  assert.equal((await call(kratos, path)).status, 503);
  kratos.faults.isAdminDown = false;
  kratos.faults.isRateLimited = true;
  const limited = await call(kratos, path);
  assert.deepEqual([limited.status, limited.headers.get("x-ratelimit-reset")], [429, "1"]);
  kratos.faults.isRateLimited = false;
  kratos.faults.losesNextPatch = true;
  const lost = await patch(kratos, identityId, [add("/metadata_public/a", 1)]);
  assert.equal(lost.status, 200);
  assert.equal(kratos.identities.get(identityId)?.["metadata_public"], null);
  kratos.faults.ignoresPatches = true;
  for (const value of [1, 2]) await patch(kratos, identityId, [add("/metadata_public/a", value)]);
  assert.equal(kratos.identities.get(identityId)?.["metadata_public"], null);
});

Deno.test("a concurrent write is refused when the faults say so", async () => {
  const { kratos } = createKratos();
  const { identityId = "" } = await kratos.register(ADA);
  kratos.faults.refusesConcurrentWrites = true;

  const answers = await Promise.all([
    patch(kratos, identityId, [add("/metadata_public/a", 1)]),
    patch(kratos, identityId, [add("/metadata_public/b", 1)]),
  ]);

  assert.deepEqual(answers.map(({ status }) => status), [200, 429]);
  assert.deepEqual(kratos.identities.get(identityId)?.["metadata_public"], { a: 1 });
});

Deno.test("the last of two concurrent patches overwrites the whole row", async () => {
  const { kratos } = createKratos();
  const { identityId = "" } = await kratos.register(ADA);

  await Promise.all([
    patch(kratos, identityId, [add("/metadata_public/a", 1)]),
    patch(kratos, identityId, [add("/metadata_admin", { b: 1 })]),
  ]);

  const identity = kratos.identities.get(identityId);
  assert.deepEqual([identity?.["metadata_public"], identity?.["metadata_admin"]], [null, { b: 1 }]);
});

Deno.test("a PUT without metadata_public empties it", async () => {
  const { kratos } = createKratos();
  const { identityId = "" } = await kratos.register(ADA);
  await patch(kratos, identityId, [add("/metadata_public/a", 1)]);

  const answer = await call(kratos, `/admin/identities/${identityId}`, {
    method: "PUT",
    body: JSON.stringify({ "schema_id": "person", state: "active", traits: ADA }),
  });

  const identity = kratos.identities.get(identityId);
  assert.deepEqual([answer.status, identity?.traits, identity?.["metadata_public"]], [
    200,
    ADA,
    null,
  ]);
});
