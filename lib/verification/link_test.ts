import assert from "node:assert/strict";
import { SignJWT, UnsecuredJWT } from "jose";
import { createLink, createLinkKeys, createVisit, linkPeriod, verifyLink } from "./link.ts";
import { createSecret } from "../crypto/secret.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const IDENTITY_ID = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";
const PUBLIC_URL = "https://kyc.example.com";
const NOW = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

const createKeys = (...secrets: string[]) => createLinkKeys(secrets.map(createSecret));

async function createToken(keys = createKeys(SECRET)): Promise<string> {
  const options = { keys: await keys, publicUrl: PUBLIC_URL, issuedAt: NOW, lifetimeDays: 90 };
  const link = await createLink(IDENTITY_ID, options);
  return new URL(link).searchParams.get("token") ?? "";
}

Deno.test("createLink() creates the same link each time, with the identity and nothing else", async () => {
  const token = await createToken();

  const [, payload = ""] = token.split(".");
  const claims = JSON.parse(new TextDecoder().decode(
    Uint8Array.fromBase64(payload, { alphabet: "base64url" }),
  ));
  assert.deepEqual(Object.keys(claims).sort(), ["aud", "exp", "iat", "iss", "sub"]);
  assert.equal(token, await createToken());
});

Deno.test("verifyLink() returns the identity of a link", async () => {
  const keys = await createKeys(SECRET);

  const person = await verifyLink(await createToken(), { keys, publicUrl: PUBLIC_URL, now: NOW });

  assert.deepEqual(person, { ok: true, value: IDENTITY_ID });
});

Deno.test("verifyLink() accepts a link by the older secret of a rotation", async () => {
  const token = await createToken();
  const keys = await createKeys("a newer secret, with 32 characters", SECRET);

  assert.equal((await verifyLink(token, { keys, publicUrl: PUBLIC_URL, now: NOW })).ok, true);
});

Deno.test("verifyLink() refuses a link after its lifetime as expired", async () => {
  const keys = await createKeys(SECRET);
  const options = { keys, publicUrl: PUBLIC_URL };

  const last = await verifyLink(await createToken(), { ...options, now: NOW + 90 * DAY_MS - 1000 });
  const after = await verifyLink(await createToken(), { ...options, now: NOW + 90 * DAY_MS });

  assert.equal(last.ok, true);
  assert.deepEqual(after, { ok: false, reason: "link_expired" });
});

const FORGED: Readonly<Record<string, () => Promise<string>>> = {
  "by another secret": () => createToken(createKeys("another secret of 32 characters!")),
  "that is not signed (alg none)": () =>
    Promise.resolve(
      new UnsecuredJWT({ sub: IDENTITY_ID }).setIssuer(PUBLIC_URL).setAudience("jumio-verify")
        .setExpirationTime(new Date(NOW + DAY_MS)).encode(),
    ),
  "for another audience": async () => {
    const { signing } = await createKeys(SECRET);
    return await new SignJWT({ sub: IDENTITY_ID }).setIssuer(PUBLIC_URL).setAudience("return")
      .setExpirationTime(new Date(NOW + DAY_MS))
      .setProtectedHeader({ alg: "HS256", kid: signing.kid }).sign(signing.key);
  },
  "of another service": async () => {
    const { signing } = await createKeys(SECRET);
    return await new SignJWT({ sub: IDENTITY_ID }).setIssuer("https://other.example.com")
      .setAudience("jumio-verify").setExpirationTime(new Date(NOW + DAY_MS))
      .setProtectedHeader({ alg: "HS256", kid: signing.kid }).sign(signing.key);
  },
  "without an end": async () => {
    const { signing } = await createKeys(SECRET);
    return await new SignJWT({ sub: IDENTITY_ID }).setIssuer(PUBLIC_URL)
      .setAudience("jumio-verify").setProtectedHeader({ alg: "HS256", kid: signing.kid })
      .sign(signing.key);
  },
  "that is no token": () => Promise.resolve("nonsense"),
};

for (const [name, forge] of Object.entries(FORGED)) {
  Deno.test(`verifyLink() refuses a token ${name}`, async () => {
    const keys = await createKeys(SECRET);

    const person = await verifyLink(await forge(), { keys, publicUrl: PUBLIC_URL, now: NOW });

    assert.deepEqual(person, { ok: false, reason: "link_invalid" });
  });
}

Deno.test("verifyLink() accepts no visit as a link, and no link as a visit", async () => {
  const keys = await createKeys(SECRET);
  const options = { keys, publicUrl: PUBLIC_URL, now: NOW };
  const visit = await createVisit(IDENTITY_ID, options);

  assert.deepEqual(await verifyLink(visit, options), { ok: false, reason: "link_invalid" });
  assert.deepEqual(await verifyLink(await createToken(), { ...options, use: "visit" }), {
    ok: false,
    reason: "link_invalid",
  });
  assert.deepEqual(await verifyLink(visit, { ...options, use: "visit" }), {
    ok: true,
    value: IDENTITY_ID,
  });
});

Deno.test("verifyLink() accepts a visit for ten minutes", async () => {
  const keys = await createKeys(SECRET);
  const options = { keys, publicUrl: PUBLIC_URL, use: "visit" } as const;
  const visit = await createVisit(IDENTITY_ID, { ...options, now: NOW });

  assert.equal((await verifyLink(visit, { ...options, now: NOW + 599_000 })).ok, true);
  assert.equal((await verifyLink(visit, { ...options, now: NOW + 600_000 })).ok, false);
});

for (const lifetimeDays of [1, 10, 90]) {
  Deno.test(`linkPeriod() renews a link of ${lifetimeDays} days before it expires`, () => {
    const lifetimeMs = lifetimeDays * DAY_MS;

    for (let now = NOW; now < NOW + 3 * lifetimeMs; now += lifetimeMs / 24) {
      const { issuedAt, renewedAt } = linkPeriod({ acceptedAt: NOW, now, lifetimeDays });

      assert(issuedAt <= now && now < renewedAt);
      assert(issuedAt + lifetimeMs - renewedAt >= Math.min(7 * DAY_MS, lifetimeMs / 2));
      const atRenewal = linkPeriod({ acceptedAt: NOW, now: renewedAt, lifetimeDays });
      assert.equal(atRenewal.issuedAt, renewedAt);
    }
  });
}
