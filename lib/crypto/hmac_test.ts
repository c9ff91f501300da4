// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createHmacKey, importSignatureKey, verifySignature } from "./hmac.ts";

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

Deno.test("verifySignature() refuses every signature if no secret is set", async () => {
  assert.equal(await verifySignature(sign(""), { body: BODY, keys: [] }), false);
});

Deno.test("importSignatureKey() creates a key that cannot be exported", async () => {
  const key = await importSignatureKey("newest")();

  await assert.rejects(crypto.subtle.exportKey("raw", key));
});

Deno.test("createHmacKey() creates a key with the given usages only", async () => {
  const key = await createHmacKey(new Uint8Array(32), ["verify"])();

  assert.deepEqual(key.usages, ["verify"]);
  await assert.rejects(crypto.subtle.sign("HMAC", key, BODY));
});
