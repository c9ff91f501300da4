import { timingSafeEqual } from "node:crypto";

/** A claim is not kept for ever, here as there. */
const LIFETIME_MS = 90 * 86_400_000;

/**
 * The cheapest honest way to a callback's 200: the signature over the raw body, one atomic write
 * that keeps the callback and the work that it makes, the answer.
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
