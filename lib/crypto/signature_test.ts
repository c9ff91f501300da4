import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import {
  createCallbackToken,
  hashCallbackToken,
  importSignatureKey,
  isAllowedSource,
  isCallbackToken,
  verifySignature,
} from "./signature.ts";
import { parseSources } from "../http/client_address.ts";

const BODY = new TextEncoder().encode('{"workflowExecution":{}}');

function sign(secret: string, body: Uint8Array = BODY): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}

const GOOD: Readonly<Record<string, string>> = {
  "in lower case": sign("newest"),
  "in upper case": sign("newest").toUpperCase(),
  "with sha256= before it": `sha256=${sign("newest")}`,
  "by the older secret of a rotation": sign("older"),
};

for (const [name, signature] of Object.entries(GOOD)) {
  Deno.test(`verifySignature() accepts a signature ${name}`, async () => {
    const keys = ["newest", "older"].map(importSignatureKey);

    assert.equal(await verifySignature(signature, { body: BODY, keys }), true);
  });
}

const BAD: Readonly<Record<string, string>> = {
  "by another secret": sign("retired"),
  "over another body": sign("newest", new TextEncoder().encode('{"workflowExecution":{} }')),
  "that is cut short": sign("newest").slice(0, 62),
  "that is too long": `${sign("newest")}00`,
  "that is empty": "",
  "that is not hexadecimal": "z".repeat(64),
  "in base64": createHmac("sha256", "newest").update(BODY).digest("base64"),
  "with another prefix": `sha1=${sign("newest")}`,
};

for (const [name, signature] of Object.entries(BAD)) {
  Deno.test(`verifySignature() refuses a signature ${name}`, async () => {
    const keys = ["newest", "older"].map(importSignatureKey);

    assert.equal(await verifySignature(signature, { body: BODY, keys }), false);
  });
}

Deno.test("verifySignature() refuses everything where no secret is set", async () => {
  assert.equal(await verifySignature(sign(""), { body: BODY, keys: [] }), false);
});

Deno.test("importSignatureKey() makes a key that cannot be read", async () => {
  const key = importSignatureKey("newest");

  await assert.rejects(crypto.subtle.exportKey("raw", key));
});

Deno.test("createCallbackToken() makes a new token each time, and its hash", async () => {
  const first = await createCallbackToken();
  const second = await createCallbackToken();

  assert.notEqual(first.token, second.token);
  assert.equal(isCallbackToken(first.token), true);
  assert.equal(first.tokenHash, await hashCallbackToken(first.token));
  assert.notEqual(first.tokenHash, first.token);
});

Deno.test("isCallbackToken() refuses what 32 random bytes cannot look like", () => {
  const segments = [
    "",
    "abc",
    "a".repeat(42),
    "a".repeat(44),
    `${"a".repeat(42)}=`,
    "a".repeat(9e3),
  ];

  assert.deepEqual(segments.map(isCallbackToken), segments.map(() => false));
});

Deno.test("isAllowedSource() lets everyone through where no list is set", () => {
  const options = { peer: "203.0.113.9", sources: undefined, trustedProxyHops: 0 };

  assert.equal(isAllowedSource(new Headers(), options), true);
});

Deno.test("isAllowedSource() does not believe a forwarded address beyond our own proxies", () => {
  const list = parseSources(["34.202.241.227"]);
  assert(list.ok);
  const headers = new Headers({ "x-forwarded-for": "34.202.241.227, 203.0.113.9" });
  const peer = "10.0.0.1";

  const allowed = [0, 1, 2, 3].map((trustedProxyHops) =>
    isAllowedSource(headers, { peer, sources: list.value, trustedProxyHops })
  );

  assert.deepEqual(allowed, [false, false, true, false]);
});
