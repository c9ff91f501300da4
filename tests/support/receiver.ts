// SPDX-License-Identifier: Apache-2.0
import { Webhook } from "standardwebhooks";
import { VerificationEvent } from "../../lib/verification/event.ts";
import { EXECUTION_ID, IDENTITY_ID, NOW } from "./verification_rows.ts";

export const EVENTS_SECRET = "whsec_ZXZlbnRzLXNlY3JldC0wMTIzNDU2Nzg5";

/** The settings of a service whose events a {@linkcode Receiver} gets. */
export const EVENTS_ENV = {
  "EVENTS_URL": "https://app.example.com/events?from=jumio",
  "EVENTS_SECRET": EVENTS_SECRET,
};

/** An event as the service stores it. */
export const VERIFIED_EVENT: VerificationEvent = {
  "type": "verification.changed",
  "timestamp": new Date(NOW).toISOString(),
  "data": {
    "identity_id": IDENTITY_ID,
    "status": "verified",
    "previous_status": "pending",
    "verdict": "PASSED",
    "detail": null,
    "workflow_execution_id": EXECUTION_ID,
    "decided_at": new Date(NOW).toISOString(),
    "valid_until": null,
    "sequence": NOW,
  },
};

/** One delivery, which the reference library of Standard Webhooks has verified. */
export interface Delivery {
  readonly webhookId: string;
  readonly event: VerificationEvent;
}

/** An application that gets events. */
export interface Receiver {
  /** Every delivery, also those that were not answered with success. */
  readonly deliveries: readonly Delivery[];
  /** What the application answers next. */
  answer: (delivery: Delivery) => Response | Promise<Response>;
  /** @throws If the signature is wrong, or the body is not as documented. */
  fetch(request: Request): Promise<Response>;
}

/** Creates a receiver that accepts every event. */
export function createReceiver(
  { now, secret = EVENTS_SECRET }: { now: () => number; secret?: string },
): Receiver {
  const deliveries: Delivery[] = [];
  const receiver: Receiver = {
    deliveries,
    answer: () => new Response(null, { status: 204 }),
    async fetch(request) {
      const body = await request.text();
      const headers = Object.fromEntries(request.headers);
      const event = VerificationEvent.unwrap().strict().parse(
        verifyWebhook(body, { headers, secret, now }),
      );
      const delivery = { webhookId: headers["webhook-id"] ?? "", event };
      deliveries.push(delivery);
      return await receiver.answer(delivery);
    },
  };
  return receiver;
}

/** Verifies a webhook with the reference library, at the time of the test's clock. */
export function verifyWebhook(
  body: string,
  { headers, secret, now }: {
    headers: Readonly<Record<string, string>>;
    secret: string;
    now: () => number;
  },
): unknown {
  const { now: systemNow } = Date;
  try {
    // The library knows no other clock.
    Date.now = now;
    return new Webhook(secret).verify(body, headers);
  } finally {
    Date.now = systemNow;
  }
}
