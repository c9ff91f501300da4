// SPDX-License-Identifier: Apache-2.0
import { createHmacKey, type HmacKey } from "./hmac.ts";

/** As Standard Webhooks has them: `whsec_` and the key in base64. */
const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;

/** The sizes of a key that Standard Webhooks allows. */
const KEY_BYTES = { min: 24, max: 64 } as const;

/** Creates a key that signs webhooks. Undefined for a secret of another form or length. */
export function importWebhookKey(secret: string): HmacKey | undefined {
  const base64 = SECRET.exec(secret)?.[1];
  const bytes = base64 === undefined ? undefined : decodeBase64(base64);
  if (bytes === undefined || bytes.length < KEY_BYTES.min || bytes.length > KEY_BYTES.max) {
    return undefined;
  }
  return createHmacKey(bytes, ["sign"]);
}

/**
 * The headers that sign a webhook by Standard Webhooks. There is one signature by each key, so that a
 * receiver may hold any of them during a rotation. `now` is the time of this attempt: a receiver
 * refuses an old one, because it may be replayed.
 */
export async function signWebhook(
  body: string,
  { id, now, keys }: { id: string; now: number; keys: readonly HmacKey[] },
): Promise<Readonly<Record<string, string>>> {
  const timestamp = String(Math.floor(now / 1000));
  const content = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  const signatures = await Promise.all(keys.map(async (key) => {
    const mac = new Uint8Array(await crypto.subtle.sign("HMAC", await key(), content));
    return `v1,${mac.toBase64()}`;
  }));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    return undefined; // The caller refuses the secret.
  }
}
