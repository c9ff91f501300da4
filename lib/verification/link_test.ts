// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import {
  createLink,
  createLinkKeys,
  createVisit,
  type LinkKeys,
  linkPeriod,
  verifyLink,
} from "./link.ts";
import { createSecret } from "../crypto/secret.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const IDENTITY_ID = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";
const PUBLIC_URL = "https://kyc.example.com";
const NOW = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

const CLAIMS = { sub: "LZsafGT1T56dOnsOWhyPRA", exp: (NOW + DAY_MS) / 1000 };

const createKeys = (secrets: readonly string[] = [SECRET], publicUrl = PUBLIC_URL) =>
  createLinkKeys(secrets.map(createSecret), publicUrl);

async function createToken(keys = createKeys()): Promise<string> {
  const options = { keys, publicUrl: PUBLIC_URL, issuedAt: NOW, lifetimeDays: 90 };
  const link = await createLink(IDENTITY_ID, options);
  return new URL(link).searchParams.get("token") ?? "";
}

Deno.test("createLink() creates the same link each time, with the identity, the expiry and nothing else", async () => {
  const token = await createToken();

  const [header, payload] = token.split(".").slice(0, 2).map((part) =>
    JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(part, { alphabet: "base64url" })))
  );
  assert.deepEqual(Object.keys(header), ["alg", "kid"]);
  assert.deepEqual(payload, { ...CLAIMS, exp: (NOW + 90 * DAY_MS) / 1000 });
  assert.equal(token, await createToken());
});

const IDENTITY_IDS = {
  "of random bytes": IDENTITY_ID,
  "by time (version 7)": "01985c0e-7a3b-7cc0-98b1-0242ac120002",
  "with all bits set": "ffffffff-ffff-ffff-ffff-ffffffffffff",
  "with one bit set": "00000000-0000-0000-0000-000000000001",
  "in capitals": IDENTITY_ID.toUpperCase(),
};

for (const [name, identityId] of Object.entries(IDENTITY_IDS)) {
  Deno.test(`a link has at most 180 characters after PUBLIC_URL and names its identity, for an id ${name}`, async () => {
    for (const publicUrl of [PUBLIC_URL, "https://kyc.example.com/identity/check"]) {
      const keys = createKeys([SECRET], publicUrl);
      // The longest lifetime that can be set, and an issue as late as a `number` of seconds of ten
      // digits allows.
      for (const issuedAt of [NOW, Date.UTC(2276, 0, 1)]) {
        const link = await createLink(identityId, {
          keys,
          publicUrl,
          issuedAt,
          lifetimeDays: 3650,
        });

        const token = new URL(link).searchParams.get("token") ?? "";
        assert(link.startsWith(publicUrl));
        assert(link.length - publicUrl.length <= 180, `${link.length - publicUrl.length}`);
        const person = await verifyLink(token, { keys, now: issuedAt });
        assert.deepEqual(person, { ok: true, value: identityId.toLowerCase() });
      }
    }
  });
}

Deno.test("createLink() throws for an id that is no UUID", async () => {
  const options = { keys: createKeys(), publicUrl: PUBLIC_URL, issuedAt: NOW, lifetimeDays: 90 };

  for (const identityId of ["", "ada", `${IDENTITY_ID}00`]) {
    await assert.rejects(createLink(identityId, options));
  }
});

for (const use of ["link", "visit"] as const) {
  Deno.test(`verifyLink() accepts a ${use} by the older secret of a rotation`, async () => {
    const older = createKeys();
    const token = use === "link"
      ? await createToken(older)
      : await createVisit(IDENTITY_ID, { keys: older, now: NOW });
    const keys = createKeys(["a newer secret, with 32 characters", SECRET]);

    assert.deepEqual(await verifyLink(token, { keys, now: NOW, use }), {
      ok: true,
      value: IDENTITY_ID,
    });
  });
}

Deno.test("verifyLink() refuses a link after its lifetime as expired", async () => {
  const keys = createKeys();

  const last = await verifyLink(await createToken(), { keys, now: NOW + 90 * DAY_MS - 1000 });
  const after = await verifyLink(await createToken(), { keys, now: NOW + 90 * DAY_MS });

  assert.equal(last.ok, true);
  assert.deepEqual(after, { ok: false, reason: "link_expired" });
});

/** Signs with one key, under the id of another. */
async function signAs(kid: string, { claims = CLAIMS, keys = createKeys() }: {
  claims?: JWTPayload;
  keys?: LinkKeys;
} = {}) {
  const { signing } = await keys.link();
  return await new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid }).sign(signing.key);
}

const { signing: { kid: KID, key: KEY } } = await createKeys().link();
const OTHER_SECRET = createKeys(["another secret of 32 characters!"]);
const OTHER_SERVICE = createKeys([SECRET], "https://other.example.com");

const FORGED: Readonly<Record<string, () => Promise<string>>> = {
  "by another secret": () => createToken(OTHER_SECRET),
  "by another secret, under our key's id": () => signAs(KID, { keys: OTHER_SECRET }),
  "of another service": () => createToken(OTHER_SERVICE),
  "of another service, under our key's id": () => signAs(KID, { keys: OTHER_SERVICE }),
  "that is not signed (alg none)": () => Promise.resolve(new UnsecuredJWT(CLAIMS).encode()),
  "without an end": () => signAs(KID, { claims: { sub: CLAIMS.sub } }),
  "without an identity": () => signAs(KID, { claims: { exp: CLAIMS.exp } }),
  "with another form of the identity": () =>
    signAs(KID, { claims: { ...CLAIMS, sub: IDENTITY_ID } }),
  "without a key id": async () => {
    const token = new SignJWT(CLAIMS).setProtectedHeader({ alg: "HS256" });
    return await token.sign(KEY);
  },
  "that is no token": () => Promise.resolve("nonsense"),
};

for (const [name, forge] of Object.entries(FORGED)) {
  Deno.test(`verifyLink() refuses a token ${name}`, async () => {
    const person = await verifyLink(await forge(), { keys: createKeys(), now: NOW });

    assert.deepEqual(person, { ok: false, reason: "link_invalid" });
  });
}

Deno.test("verifyLink() accepts a token under our key's id that our key signed", async () => {
  assert.deepEqual(await verifyLink(await signAs(KID), { keys: createKeys(), now: NOW }), {
    ok: true,
    value: IDENTITY_ID,
  });
});

Deno.test("verifyLink() accepts no visit as a link, and no link as a visit", async () => {
  const keys = createKeys();
  const visit = await createVisit(IDENTITY_ID, { keys, now: NOW });

  assert.deepEqual(await verifyLink(visit, { keys, now: NOW }), {
    ok: false,
    reason: "link_invalid",
  });
  assert.deepEqual(await verifyLink(await createToken(), { keys, now: NOW, use: "visit" }), {
    ok: false,
    reason: "link_invalid",
  });
  assert.deepEqual(await verifyLink(visit, { keys, now: NOW, use: "visit" }), {
    ok: true,
    value: IDENTITY_ID,
  });
});

Deno.test("verifyLink() accepts no link as a visit, and no visit as a link, under the other's key id", async () => {
  const keys = createKeys();
  const [{ signing: link }, { signing: visit }] = await Promise.all([keys.link(), keys.visit()]);
  const sign = (kid: string, key: CryptoKey) =>
    new SignJWT(CLAIMS).setProtectedHeader({ alg: "HS256", kid }).sign(key);

  const asVisit = await verifyLink(await sign(visit.kid, link.key), {
    keys,
    now: NOW,
    use: "visit",
  });
  const asLink = await verifyLink(await sign(link.kid, visit.key), { keys, now: NOW });

  assert.deepEqual([asVisit.ok, asLink.ok], [false, false]);
});

Deno.test("verifyLink() accepts a visit for half an hour, as long as Jumio's longest session", async () => {
  const keys = createKeys();
  const visit = await createVisit(IDENTITY_ID, { keys, now: NOW });
  const verify = (now: number) => verifyLink(visit, { keys, now, use: "visit" });

  assert.equal((await verify(NOW + 1_799_000)).ok, true);
  assert.equal((await verify(NOW + 1_800_000)).ok, false);
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
