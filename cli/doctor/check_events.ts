// SPDX-License-Identifier: Apache-2.0
import type { HmacKey } from "../../lib/crypto/hmac.ts";
import { signWebhook } from "../../lib/crypto/webhook_signature.ts";
import type { Report } from "./findings.ts";
import { describeProbe, type SendProbe } from "./probe.ts";

/**
 * Sends a signed event of the type `test` to the application. It names no identity.
 *
 * @returns What came back.
 */
export async function checkEvents(
  { url, keys }: { readonly url: URL; readonly keys: readonly HmacKey[] },
  { probe, report, now }: {
    probe: SendProbe;
    report: Pick<Report, "add">;
    now: () => number;
  },
): Promise<string> {
  const body = JSON.stringify({ type: "test", timestamp: new Date(now()).toISOString(), data: {} });
  const id = `evt_${crypto.randomUUID()}`;
  const signed = await signWebhook(body, { id, now: now(), keys });
  const answer = await probe(url, {
    method: "POST",
    headers: { ...signed, "content-type": "application/json" },
    body,
  });
  const seen = describeProbe(answer);
  const isAccepted = answer.ok && answer.status >= 200 && answer.status <= 299;
  if (!isAccepted) report.add("event_refused", "EVENTS_URL", seen);
  return seen;
}
