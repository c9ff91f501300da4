// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { verifyWebhook } from "../../tests/support/receiver.ts";
import type { HmacKey } from "./hmac.ts";
import { importWebhookKey, signWebhook } from "./webhook_signature.ts";

const NOW = Date.UTC(2026, 0, 1);
const BODY = '{"type":"test","text":"ä"}';
const SECRET = `whsec_${new Uint8Array(24).fill(1).toBase64()}`;
const OTHER = `whsec_${new Uint8Array(64).fill(2).toBase64()}`;

function importKeys(...secrets: string[]): HmacKey[] {
  return secrets.map((secret) => {
    const key = importWebhookKey(secret);
    assert(key);
    return key;
  });
}

function verify(body: string, headers: Readonly<Record<string, string>>, secret = SECRET): unknown {
  return verifyWebhook(body, { headers, secret, now: () => NOW });
}

Deno.test("signWebhook() signs as the reference library verifies", async () => {
  const headers = await signWebhook(BODY, { id: "evt_1", now: NOW, keys: importKeys(SECRET) });

  assert.equal(headers["webhook-timestamp"], String(NOW / 1000));
  assert.deepEqual(verify(BODY, headers), JSON.parse(BODY));
});

Deno.test("signWebhook() signs as the example in the specification of Standard Webhooks", async () => {
  const [key] = importKeys("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  assert(key);

  const headers = await signWebhook('{"test": 2432232314}', {
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    now: 1_614_265_330_999,
    keys: [key],
  });

  assert.deepEqual(headers, {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

Deno.test("signWebhook() signs with every key, newest first", async () => {
  const headers = await signWebhook(BODY, { id: "e", now: NOW, keys: importKeys(OTHER, SECRET) });

  const signatures = headers["webhook-signature"]?.split(" ") ?? [];
  assert.deepEqual(signatures.map((signature) => signature.slice(0, 3)), ["v1,", "v1,"]);
  const first = { ...headers, "webhook-signature": signatures[0] ?? "" };
  assert.deepEqual(verify(BODY, first, OTHER), JSON.parse(BODY));
  assert.deepEqual(verify(BODY, headers), JSON.parse(BODY));
});

const FORGED: readonly [string, { body?: string; headers?: Readonly<Record<string, string>> }][] = [
  ["a changed body", { body: BODY.replace("test", "Test") }],
  ["another id", { headers: { "webhook-id": "evt_2" } }],
  ["another time", { headers: { "webhook-timestamp": String(NOW / 1000 + 1) } }],
  ["a signature made by hand", { headers: { "webhook-signature": `v1,${"A".repeat(43)}=` } }],
  ["a signature without its version", { headers: { "webhook-signature": "A".repeat(44) } }],
];

for (const [name, { body = BODY, headers: changes = {} }] of FORGED) {
  Deno.test(`signWebhook() makes a signature that does not fit ${name}`, async () => {
    const headers = await signWebhook(BODY, { id: "evt_1", now: NOW, keys: importKeys(SECRET) });

    assert.throws(() => verify(body, { ...headers, ...changes }), /No matching signature/);
  });
}

const REFUSED: readonly [string, string][] = [
  ["23 bytes", `whsec_${new Uint8Array(23).toBase64()}`],
  ["65 bytes", `whsec_${new Uint8Array(65).toBase64()}`],
  ["no prefix", new Uint8Array(32).toBase64()],
  ["base64url", `whsec_${"_".repeat(32)}`],
  ["broken base64", `whsec_${"A".repeat(33)}`],
];

for (const [name, secret] of REFUSED) {
  Deno.test(`importWebhookKey() refuses a secret with ${name}`, () => {
    assert.equal(importWebhookKey(secret), undefined);
  });
}
