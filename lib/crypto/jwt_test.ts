// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { deriveKey, type KeyUse } from "./derived_key.ts";
import { decodeExpiry, signToken, verifyToken } from "./jwt.ts";
import { createSecret } from "./secret.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const USE = { audience: "page", issuer: "https://kyc.example.com" };
const { kid: KID, key: KEY } = await deriveKey(createSecret(SECRET), USE);
const CLAIMS = { subject: "s-1", expiresAt: 2_000_000 };
const EXPECTED = { findKey: (kid: string) => kid === KID ? KEY : undefined, now: 1_500_000 };

/** A token by a key that differs in one thing, under the id of the right key. */
async function signByOther({ secret = SECRET, ...use }: Partial<KeyUse> & { secret?: string }) {
  const { key } = await deriveKey(createSecret(secret), { ...USE, ...use });
  return await signToken(CLAIMS, { kid: KID, key });
}

/** A token with this header and payload, and a signature by `KEY` if there is none given. */
async function forge(header: unknown, payload: unknown, signature?: string): Promise<string> {
  const encode = (bytes: Uint8Array) =>
    bytes.toBase64({ alphabet: "base64url", omitPadding: true });
  const [head, body] = [header, payload].map((part) =>
    encode(new TextEncoder().encode(JSON.stringify(part)))
  );
  const signed = new TextEncoder().encode(`${head}.${body}`);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", KEY, signed));
  return `${head}.${body}.${signature ?? encode(mac)}`;
}

Deno.test("verifyToken() gives the subject and the key id of a signed token", async () => {
  const token = await signToken(CLAIMS, { kid: KID, key: KEY });

  assert.deepEqual(await verifyToken(token, EXPECTED), {
    ok: true,
    value: { subject: "s-1", kid: KID },
  });
});

Deno.test("signToken() puts only the subject and the expiry into a token", async () => {
  const token = await signToken(CLAIMS, { kid: KID, key: KEY });

  const [header, payload] = token.split(".").slice(0, 2).map((part) =>
    JSON.parse(
      new TextDecoder().decode(Uint8Array.fromBase64(part, { alphabet: "base64url" })),
    )
  );
  assert.deepEqual(header, { alg: "HS256", kid: KID });
  assert.deepEqual(payload, { sub: "s-1", exp: 2_000 });
});

Deno.test("verifyToken() refuses an expired token with a reason of its own", async () => {
  const token = await signToken(CLAIMS, { kid: KID, key: KEY });

  const refused = await verifyToken(token, { ...EXPECTED, now: CLAIMS.expiresAt });

  assert.deepEqual(refused, { ok: false, reason: "expired" });
});

const PAYLOAD = { sub: "s-1", exp: 2_000 };

const INVALID: Readonly<Record<string, () => Promise<string>>> = {
  "by another secret": () => signByOther({ secret: "another secret of 32 characters!" }),
  "for another audience": () => signByOther({ audience: "link" }),
  "of another issuer": () => signByOther({ issuer: "https://evil.example" }),
  "by an unknown key id": () => signToken(CLAIMS, { kid: "00000000", key: KEY }),
  "without a key id": () => forge({ alg: "HS256" }, PAYLOAD),
  "without a subject": () => forge({ alg: "HS256", kid: KID }, { ...PAYLOAD, sub: undefined }),
  "without an expiry": () => forge({ alg: "HS256", kid: KID }, { ...PAYLOAD, exp: undefined }),
  "with the algorithm none": () => forge({ alg: "none", kid: KID }, PAYLOAD, ""),
  "with another algorithm": () => forge({ alg: "HS512", kid: KID }, PAYLOAD),
  "that is no JWT": () => Promise.resolve("abc"),
};

for (const [name, create] of Object.entries(INVALID)) {
  Deno.test(`verifyToken() refuses a token ${name}`, async () => {
    assert.deepEqual(await verifyToken(await create(), EXPECTED), { ok: false, reason: "invalid" });
  });
}

Deno.test("decodeExpiry() reads the expiry of a JWT with any signature", async () => {
  assert.equal(await decodeExpiry(await forge({ alg: "RS256" }, PAYLOAD, "x")), 2_000_000);
});

Deno.test("decodeExpiry() gives undefined where there is no expiry", async () => {
  const tokens = ["opaque", "a.b", "a.b.c", await forge({ alg: "RS256" }, { exp: "soon" }, "x")];

  assert.deepEqual(await Promise.all(tokens.map(decodeExpiry)), tokens.map(() => undefined));
});
