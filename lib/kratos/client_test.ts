// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type ExpectedCall, scriptFetch } from "../../tests/support/fetch_script.ts";
import { UpstreamError } from "../upstream/error.ts";
import { createKratos, type Kratos } from "./client.ts";
import { createSecret } from "../crypto/secret.ts";
import { createUpstream } from "../upstream/call.ts";

const IDENTITY_ID = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";
const IDENTITY_URL = `http://kratos:4434/admin/identities/${IDENTITY_ID}`;

const METADATA = {
  "status": "verified",
  "verdict": "PASSED",
  "account_id": "6f0c2f0e-5b1d-4c7e-9a53-1f2f6c1f7a10",
  "workflow_execution_id": "a2b7c9d4-3e61-4f0b-8c27-90d1b6a4e522",
  "verification_url": null,
  "initiated_at": null,
  "decided_at": null,
};

function create(...calls: readonly ExpectedCall[]): { kratos: Kratos; done: () => void } {
  const { fetch, done } = scriptFetch(...calls);
  const call = createUpstream({ fetch, origins: new Set(["http://kratos:4434"]), now: () => 0 });
  const adminUrl = new URL("http://kratos:4434/");
  return { kratos: createKratos({ adminUrl, apiKey: createSecret("ory_pat_x"), call }), done };
}

function identity(metadataPublic: unknown): Response {
  return Response.json({
    "id": IDENTITY_ID,
    "traits": { email: "ada@example.com" },
    "metadata_public": metadataPublic,
  });
}

Deno.test("Kratos.patchJumioMetadata() replaces one key of the metadata, with the API key", async () => {
  const { kratos, done } = create({
    method: "PATCH",
    url: IDENTITY_URL,
    check(request, body) {
      assert.equal(request.headers.get("authorization"), "Bearer ory_pat_x");
      assert.equal(request.headers.get("content-type"), "application/json");
      assert.deepEqual(JSON.parse(body), [
        { op: "replace", path: "/metadata_public/jumio", value: METADATA },
      ]);
    },
    answer: identity({ jumio: METADATA }),
  });

  assert.equal(await kratos.patchJumioMetadata(IDENTITY_ID, METADATA), true);
  done();
});

Deno.test("Kratos.patchJumioMetadata() gives false if the identity does not exist", async () => {
  const answer = Response.json({}, { status: 404 });
  const { kratos } = create({ method: "PATCH", url: IDENTITY_URL, answer });

  assert.equal(await kratos.patchJumioMetadata(IDENTITY_ID, METADATA), false);
});

for (
  const [name, metadataPublic, expected] of [
    ["written by this service", { jumio: METADATA, other: 1 }, METADATA],
    ["null", null, null],
    ["a string", "x", null],
    ["without jumio", { other: 1 }, null],
    ["with a jumio that this service did not write", { jumio: "x" }, null],
  ] as const
) {
  Deno.test(`Kratos.getJumioMetadata() reads metadata that is ${name}`, async () => {
    const { kratos } = create({
      method: "GET",
      url: IDENTITY_URL,
      answer: identity(metadataPublic),
    });

    assert.deepEqual(await kratos.getJumioMetadata(IDENTITY_ID), expected);
  });
}

Deno.test("Kratos.getJumioMetadata() gives undefined if the identity does not exist", async () => {
  const answer = Response.json({}, { status: 404 });
  const { kratos } = create({ method: "GET", url: IDENTITY_URL, answer });

  assert.equal(await kratos.getJumioMetadata(IDENTITY_ID), undefined);
});

for (const [status, reason] of [[429, "status"], [500, "status"], [400, "status"]] as const) {
  Deno.test(`Kratos.patchJumioMetadata() throws on ${status}, with the wait that Ory asks for`, async () => {
    const headers = { "x-ratelimit-reset": "3" };
    const answer = Response.json({}, { status, headers });
    const { kratos } = create({ method: "PATCH", url: IDENTITY_URL, answer });

    await assert.rejects(kratos.patchJumioMetadata(IDENTITY_ID, METADATA), (error) => {
      assert(error instanceof UpstreamError);
      assert.deepEqual([error.reason, error.status, error.retryAfterMs], [reason, status, 3000]);
      return true;
    });
  });
}

for (const status of [204, 404]) {
  Deno.test(`Kratos.deleteSessions() accepts ${status}`, async () => {
    const answer = new Response(null, { status });
    const { kratos, done } = create({ method: "DELETE", url: `${IDENTITY_URL}/sessions`, answer });

    await kratos.deleteSessions(IDENTITY_ID);

    done();
  });
}

Deno.test("Kratos.deleteSessions() throws on 500", async () => {
  const answer = Response.json({}, { status: 500 });
  const { kratos } = create({ method: "DELETE", url: `${IDENTITY_URL}/sessions`, answer });

  await assert.rejects(kratos.deleteSessions(IDENTITY_ID), UpstreamError);
});

for (
  const [name, answer] of [["HTML", new Response("<html>")], ["a list", Response.json([])]] as const
) {
  Deno.test(`Kratos.getJumioMetadata() throws on ${name} instead of an identity`, async () => {
    const { kratos } = create({ method: "GET", url: IDENTITY_URL, answer });

    await assert.rejects(kratos.getJumioMetadata(IDENTITY_ID), /malformed/);
  });
}

Deno.test("Kratos calls a self-hosted Kratos without a key", async () => {
  const { fetch, done } = scriptFetch({
    method: "GET",
    url: IDENTITY_URL,
    check: ({ headers }) => assert.equal(headers.get("authorization"), null),
    answer: identity(null),
  });
  const call = createUpstream({ fetch, origins: new Set(["http://kratos:4434"]), now: () => 0 });
  const adminUrl = new URL("http://kratos:4434/");

  await createKratos({ adminUrl, apiKey: undefined, call }).getJumioMetadata(IDENTITY_ID);

  done();
});

Deno.test("Kratos.getMetadataPublic() reads metadata as it is", async () => {
  const { kratos } = create({ method: "GET", url: IDENTITY_URL, answer: identity("text") });

  assert.deepEqual(await kratos.getMetadataPublic(IDENTITY_ID), { value: "text" });
});

Deno.test("Kratos.replaceMetadataPublic() replaces all of the metadata", async () => {
  const { kratos, done } = create({
    method: "PATCH",
    url: IDENTITY_URL,
    check(_request, body) {
      assert.deepEqual(JSON.parse(body), [
        { op: "replace", path: "/metadata_public", value: { jumio: METADATA } },
      ]);
    },
    answer: identity({ jumio: METADATA }),
  });

  assert.equal(await kratos.replaceMetadataPublic(IDENTITY_ID, { jumio: METADATA }), true);
  done();
});
