import assert from "node:assert/strict";
import { createHmacKey } from "./hmac.ts";
import { decodeExpiry, signToken, verifyToken } from "./jwt.ts";

const KEY = createHmacKey(new Uint8Array(32).fill(1), ["sign", "verify"]);
const OTHER_KEY = createHmacKey(new Uint8Array(32).fill(2), ["sign", "verify"]);
const CLAIMS = {
  subject: "s-1",
  audience: "page",
  issuer: "https://kyc.example.com",
  issuedAt: 1_000_000,
  expiresAt: 2_000_000,
};
const EXPECTED = {
  findKey: (kid: string) => kid === "k-1" ? KEY : undefined,
  audience: CLAIMS.audience,
  issuer: CLAIMS.issuer,
  now: 1_500_000,
};

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
  const token = await signToken(CLAIMS, { kid: "k-1", key: KEY });

  assert.deepEqual(await verifyToken(token, EXPECTED), {
    ok: true,
    value: { subject: "s-1", kid: "k-1" },
  });
});

Deno.test("verifyToken() accepts a token without issuer if none is expected", async () => {
  const { issuer: _issuer, ...claims } = CLAIMS;
  const { issuer: _expected, ...expected } = EXPECTED;
  const token = await signToken(claims, { kid: "k-1", key: KEY });

  assert.equal((await verifyToken(token, expected)).ok, true);
});

Deno.test("verifyToken() refuses an expired token with a reason of its own", async () => {
  const token = await signToken(CLAIMS, { kid: "k-1", key: KEY });

  const refused = await verifyToken(token, { ...EXPECTED, now: CLAIMS.expiresAt });

  assert.deepEqual(refused, { ok: false, reason: "expired" });
});

const PAYLOAD = { sub: "s-1", aud: "page", iss: CLAIMS.issuer, exp: 2_000 };

const INVALID: Readonly<Record<string, () => Promise<string>>> = {
  "by another key": () => signToken(CLAIMS, { kid: "k-1", key: OTHER_KEY }),
  "by an unknown key id": () => signToken(CLAIMS, { kid: "k-2", key: KEY }),
  "for another audience": () =>
    signToken({ ...CLAIMS, audience: "link" }, { kid: "k-1", key: KEY }),
  "of another issuer": () =>
    signToken({ ...CLAIMS, issuer: "https://evil.example" }, { kid: "k-1", key: KEY }),
  "without a key id": () => forge({ alg: "HS256" }, PAYLOAD),
  "without a subject": () => forge({ alg: "HS256", kid: "k-1" }, { ...PAYLOAD, sub: undefined }),
  "without an expiry": () => forge({ alg: "HS256", kid: "k-1" }, { ...PAYLOAD, exp: undefined }),
  "with the algorithm none": () => forge({ alg: "none", kid: "k-1" }, PAYLOAD, ""),
  "with another algorithm": () => forge({ alg: "HS512", kid: "k-1" }, PAYLOAD),
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
