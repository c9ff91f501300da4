// SPDX-License-Identifier: Apache-2.0
import { timingSafeEqual } from "node:crypto";

/** As long as the service keeps a callback. */
const LIFETIME_MS = 90 * 86_400_000;

/**
 * The least that a service must do before it answers a callback with 200: verify the signature over
 * the raw body, and store the callback and its job in one atomic write.
 */
export async function createCheapestCallback(
  kv: Deno.Kv,
  secret: string,
): Promise<(request: Request) => Promise<Response>> {
  const key = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  return async (request) => {
    const bytes = await request.bytes();
    const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes));
    const given = Uint8Array.fromHex(request.headers.get("x-jumio-signature") ?? "");
    if (given.length !== mac.length || !timingSafeEqual(given, mac)) {
      return new Response(null, { status: 401 });
    }
    const { workflowExecution: { id, status }, account } = JSON.parse(
      new TextDecoder().decode(bytes),
    );
    const callbackKey = ["cheapest", "callback", id, status];
    const receivedAt = Date.now();
    const { ok } = await kv.atomic()
      .check({ key: callbackKey, versionstamp: null })
      .set(callbackKey, { receivedAt }, { expireIn: LIFETIME_MS })
      .set(["cheapest", "inbox", receivedAt, id], { accountId: account.id, status })
      .commit();
    return Response.json({ outcome: ok ? "accepted" : "duplicate" });
  };
}
