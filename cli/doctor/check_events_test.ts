// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { answer, createProbeScript } from "../../tests/support/probe_script.ts";
import { EVENTS_SECRET, verifyWebhook } from "../../tests/support/receiver.ts";
import type { HmacKey } from "../../lib/crypto/hmac.ts";
import { importWebhookKey } from "../../lib/crypto/webhook_signature.ts";
import { checkEvents } from "./check_events.ts";

const NOW = Date.UTC(2026, 0, 1);
const now = () => NOW;

function createReceiver(): { url: URL; keys: HmacKey[] } {
  const key = importWebhookKey(EVENTS_SECRET);
  assert(key);
  return { url: new URL("https://app.example.com/events"), keys: [key] };
}

Deno.test("checkEvents() sends a signed test event, and says what came back", async () => {
  const script = createProbeScript({});
  let event: unknown;

  const seen = await checkEvents(createReceiver(), {
    report: script.report,
    now,
    probe(_url, init) {
      const headers = Object.fromEntries(new Headers(init?.headers));
      event = verifyWebhook(String(init?.body), { headers, secret: EVENTS_SECRET, now });
      return Promise.resolve(answer(204));
    },
  });

  assert.equal(seen, "It answered 204");
  assert.deepEqual(event, { type: "test", timestamp: "2026-01-01T00:00:00.000Z", data: {} });
  assert.deepEqual(script.report.findings, []);
});

for (
  const [status, seen] of [[401, "It answered 401"], [302, "It answered 302"], [
    410,
    "It answered 410",
  ], [undefined, "No connection"]] as const
) {
  Deno.test(`checkEvents() finds an application that does not accept the event: ${seen}`, async () => {
    const answers = status === undefined ? {} : { "POST ": answer(status) };
    const script = createProbeScript(answers);

    await checkEvents(createReceiver(), { ...script, now });

    assert.deepEqual(script.report.findings, [{ id: "event_refused", where: "EVENTS_URL", seen }]);
  });
}
