// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type ExpectedCall, scriptFetch } from "../../tests/support/fetch_script.ts";
import { UpstreamError } from "../upstream/error.ts";
import { createIdentityList, type ListIdentities } from "./identities.ts";
import { createSecret } from "../crypto/secret.ts";
import { createUpstream } from "../upstream/call.ts";

const ID = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";
const URL_OF_LIST = "http://kratos:4434/admin/identities?page_size=100";

function create(...calls: readonly ExpectedCall[]): { list: ListIdentities; done: () => void } {
  const { fetch, done } = scriptFetch(...calls);
  const call = createUpstream({ fetch, origins: new Set(["http://kratos:4434"]), now: () => 0 });
  const adminUrl = new URL("http://kratos:4434/");
  return { list: createIdentityList({ adminUrl, apiKey: createSecret("ory_pat_x"), call }), done };
}

const page = (identities: unknown, link?: string) =>
  Response.json(identities, { headers: link === undefined ? {} : { link } });

Deno.test("ListIdentities reads our metadata and the sample's, and no traits", async () => {
  const { list, done } = create({
    method: "GET",
    url: URL_OF_LIST,
    check: ({ headers }) => assert.equal(headers.get("authorization"), "Bearer ory_pat_x"),
    answer: page([{
      "id": ID,
      "created_at": "2026-01-02T03:04:05Z",
      "traits": { email: "ada@example.com" },
      "metadata_public": { jumio: { status: "pending" }, "jumio_account_id": "a", plan: "gold" },
      "metadata_admin": { "jumio_workflow_id": "w", note: "called twice" },
    }]),
  });

  assert.deepEqual(await list(), {
    identities: [{
      id: ID,
      createdAt: "2026-01-02T03:04:05Z",
      jumio: { status: "pending" },
      flatPublic: { "jumio_account_id": "a" },
      flatAdmin: { "jumio_workflow_id": "w" },
    }],
    nextPageToken: undefined,
  });
  done();
});

for (const metadata of [undefined, null, "x", [1]]) {
  Deno.test(`ListIdentities accepts metadata that is ${JSON.stringify(metadata)}`, async () => {
    const identity = { id: ID, "metadata_public": metadata, "metadata_admin": metadata };
    const { list } = create({ method: "GET", url: URL_OF_LIST, answer: page([identity]) });

    const { identities } = await list();

    assert.deepEqual(identities, [
      { id: ID, createdAt: undefined, jumio: undefined, flatPublic: {}, flatAdmin: {} },
    ]);
  });
}

for (
  const [name, link] of [
    [
      "relative",
      '</admin/identities?page_size=1&page_token=first>; rel="first",' +
      '</admin/identities?page_size=1&page_token=to%2Bken>; rel="next"',
    ],
    ["absolute", '<https://elsewhere.example.com/?page_token=to%2Bken>; rel="next"'],
  ] as const
) {
  Deno.test(`ListIdentities continues by the page token of a ${name} Link, at the configured address`, async () => {
    const { list, done } = create(
      { method: "GET", url: URL_OF_LIST, answer: page([], link) },
      { method: "GET", url: `${URL_OF_LIST}&page_token=to%2Bken`, answer: page([], link) },
    );

    const { nextPageToken } = await list();
    const second = await list({ pageToken: nextPageToken });

    assert.equal(nextPageToken, "to+ken");
    assert.equal(second.nextPageToken, undefined);
    done();
  });
}

for (
  const [what, answer, reason] of [
    ["429", Response.json({}, { status: 429, headers: { "x-ratelimit-reset": "7" } }), "status"],
    ["no list", Response.json({ identities: [] }), "malformed"],
    ["an id that is none", Response.json([{ id: "../sessions" }]), "malformed"],
  ] as const
) {
  Deno.test(`ListIdentities throws if the answer is ${what} (${reason})`, async () => {
    const { list } = create({ method: "GET", url: URL_OF_LIST, answer });

    await assert.rejects(list(), (error) => {
      assert(error instanceof UpstreamError);
      assert.equal(error.reason, reason);
      assert.equal(error.retryAfterMs, reason === "status" ? 7000 : undefined);
      return true;
    });
  });
}
