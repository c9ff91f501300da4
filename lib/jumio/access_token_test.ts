// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type ExpectedCall, scriptFetch } from "../../tests/support/fetch_script.ts";
import { createMemoryStore, createTestLog } from "../../tests/support/memory_store.ts";
import { type AccessToken, createAccessToken } from "./access_token.ts";
import { UpstreamError } from "../upstream/error.ts";
import { createSecret } from "../crypto/secret.ts";
import { createStore, type Store } from "../kv/store.ts";
import { createUpstream } from "../upstream/call.ts";

const TOKEN_URL = "https://auth.emea-1.jumio.ai/oauth2/token";
const MINUTE = 60_000;

/** An answer has no `expires_in`. */
const MISSING = Symbol("missing");

function tokenCall(token: string, expiresIn: unknown = 3600): ExpectedCall {
  const lifetime = expiresIn === MISSING ? {} : { "expires_in": expiresIn };
  return {
    method: "POST",
    url: TOKEN_URL,
    answer: () => Promise.resolve(Response.json({ "access_token": token, ...lifetime })),
  };
}

function create(
  store: Store,
  options: { fetch: typeof globalThis.fetch; now?: () => number; clientId?: string },
): AccessToken {
  const { fetch, now = () => 0, clientId = "client" } = options;
  return createAccessToken({
    tokenUrl: new URL(TOKEN_URL),
    clientId,
    clientSecret: createSecret("client-secret"),
    call: createUpstream({ fetch, origins: new Set([new URL(TOKEN_URL).origin]), now }),
    store,
    now,
    log: createTestLog().log,
    delay: () => new Promise((resolve) => setTimeout(resolve, 1)),
  });
}

/** A JWT with only the claim that is read. */
function jwt(exp: number): string {
  const payload = new TextEncoder().encode(JSON.stringify({ exp }));
  return `e30.${payload.toBase64({ alphabet: "base64url", omitPadding: true })}.sig`;
}

Deno.test("AccessToken.get() sends Basic credentials, the grant and a User-Agent", async () => {
  await using store = createMemoryStore();
  const script = scriptFetch({
    ...tokenCall("t-1"),
    check(request, body) {
      assert.equal(request.headers.get("authorization"), `Basic ${btoa("client:client-secret")}`);
      assert.match(request.headers.get("user-agent") ?? "", /ory-jumio-bridge/);
      assert.equal(body, "grant_type=client_credentials");
    },
  });

  assert.equal(await create(store, script).get(), "t-1");
});

Deno.test("AccessToken.get() makes one request for calls at the same time", async () => {
  await using store = createMemoryStore();
  const script = scriptFetch(tokenCall("t-1"));
  const token = create(store, script);

  const tokens = await Promise.all([token.get(), token.get(), token.get()]);

  assert.deepEqual(tokens, ["t-1", "t-1", "t-1"]);
});

Deno.test("AccessToken.get() uses the token that another instance stored", async () => {
  await using store = createMemoryStore();
  await create(store, scriptFetch(tokenCall("t-1"))).get();

  assert.equal(await create(store, scriptFetch()).get(), "t-1");
});

Deno.test("AccessToken.get() makes one request for two instances at the same time", async () => {
  await using store = createMemoryStore();
  const script = scriptFetch(tokenCall("t-1"));

  const tokens = await Promise.all([create(store, script).get(), create(store, script).get()]);

  assert.deepEqual(tokens, ["t-1", "t-1"]);
});

Deno.test("AccessToken.get() makes no request where another instance renewed the token meanwhile", async () => {
  await using store = createMemoryStore();
  const script = scriptFetch(tokenCall("t-1"));
  const first = create(store, script);
  const slow: Store = {
    ...store,
    async get<Value>(key: Deno.KvKey) {
      const row = await store.get<Value>(key);
      if (key[0] === "access_token") await first.get();
      return row;
    },
  };

  assert.equal(await create(slow, script).get(), "t-1");
});

Deno.test("AccessToken.get() makes its own request when another instance holds the lease too long", async () => {
  await using store = createMemoryStore();
  const { promise: answer, resolve } = Promise.withResolvers<Response>();
  const other = create(store, scriptFetch({ ...tokenCall("t-1"), answer: () => answer })).get();
  const leaseKey = ["access_token_lease", "auth.emea-1.jumio.ai", "client"];
  while ((await store.get(leaseKey)).value === null) await Promise.resolve();

  const token = await create(store, scriptFetch(tokenCall("t-2"))).get();
  resolve(Response.json({ "access_token": "t-1", "expires_in": 3600 }));
  await other;

  assert.equal(token, "t-2");
});

Deno.test("AccessToken.get() gives each client its own token", async () => {
  await using store = createMemoryStore();
  await create(store, scriptFetch(tokenCall("t-1"))).get();

  const other = create(store, { ...scriptFetch(tokenCall("t-2")), clientId: "other" });

  assert.equal(await other.get(), "t-2");
});

Deno.test("AccessToken.get() renews the token five minutes before its end", async () => {
  await using store = createMemoryStore();
  let now = 0;
  const script = scriptFetch(tokenCall("t-1"), tokenCall("t-2"));
  const token = create(store, { ...script, now: () => now });
  await token.get();

  now = 55 * MINUTE - 1;
  const before = await token.get();
  now = 55 * MINUTE;
  const after = await token.get();

  assert.deepEqual([before, after], ["t-1", "t-2"]);
});

Deno.test("AccessToken.get() uses the expiry in the token where that is earlier than expires_in", async () => {
  await using store = createMemoryStore();
  let now = 0;
  const script = scriptFetch(tokenCall(jwt(10 * 60)), tokenCall("t-2"));
  const token = create(store, { ...script, now: () => now });
  await token.get();

  now = 5 * MINUTE;

  assert.equal(await token.get(), "t-2");
});

for (
  const [name, expiresIn, token, lifetimeMin] of [
    ["a text", "1800", "t-1", 30],
    ["missing", MISSING, "t-1", 60],
    ["null", null, "t-1", 60],
    ["0", 0, "t-1", 60],
    ["huge", 1e12, "t-1", 60],
    ["no number", "an hour", "t-1", 60],
    ["missing beside the token's own expiry", MISSING, jwt(40 * 60), 40],
    ["huge beside the token's own expiry", 1e12, jwt(90 * 60), 90],
    ["missing beside a huge expiry of the token", MISSING, jwt(1e12), 24 * 60],
  ] as const
) {
  Deno.test(`AccessToken.get() keeps a token for ${lifetimeMin} minutes if expires_in is ${name}`, async () => {
    await using store = createMemoryStore();
    let now = 0;
    const script = scriptFetch(tokenCall(token, expiresIn), tokenCall("t-2"));
    const tokens = create(store, { ...script, now: () => now });
    await tokens.get();

    now = (lifetimeMin - 5) * MINUTE - 1;
    const before = await tokens.get();
    now += 1;
    const after = await tokens.get();

    assert.deepEqual([before, after], [token, "t-2"]);
  });
}

Deno.test("AccessToken.drop() forgets the token in memory and in KV, but not a newer token", async () => {
  await using store = createMemoryStore();
  const script = scriptFetch(tokenCall("t-1"), tokenCall("t-2"));
  const token = create(store, script);
  await token.get();

  await token.drop("t-1");
  const renewed = await token.get();
  await token.drop("t-1");

  assert.equal(renewed, "t-2");
  assert.equal(await token.get(), "t-2");
  assert.equal(await create(store, scriptFetch()).get(), "t-2");
});

Deno.test("AccessToken.get() works while KV fails", async () => {
  const store = createStore({ open: () => Promise.reject(new Error("down")) });

  assert.equal(await create(store, scriptFetch(tokenCall("t-1"))).get(), "t-1");
});

for (
  const [name, answer] of [
    ["a refusal", () => Response.json({}, { status: 401 })],
    ["an answer without a token", () => Response.json({ "expires_in": 3600 })],
    ["an answer that is not JSON", () => new Response("<html>")],
    [
      "a token with a line end",
      () => Response.json({ "access_token": "t-1\n", "expires_in": 3600 }),
    ],
    ["a token with a NUL", () => Response.json({ "access_token": "t\0", "expires_in": 3600 })],
  ] as const
) {
  Deno.test(`AccessToken.get() throws on ${name}`, async () => {
    await using store = createMemoryStore();
    const script = scriptFetch({ method: "POST", url: TOKEN_URL, answer });

    await assert.rejects(create(store, script).get(), UpstreamError);
  });
}
