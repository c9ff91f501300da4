// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { type Html, html } from "../../../lib/http/html.ts";
import { describePublication } from "../../../lib/operator/format.ts";
import { RECONCILE_OUTCOMES } from "../../../lib/verification/reconcile_identity.ts";
import { describeExpired, EXPIRE_OUTCOMES } from "./_expire.ts";

/** What a form of the page to decide a review did. */
export const DECIDE_OUTCOMES = ["verified", "rejected", "changed"] as const;

export type DecideOutcome = typeof DECIDE_OUTCOMES[number];

/** The parts of an address that say what a form did, for the page that follows. */
export const NOTICE_QUERY = {
  replayed: z.optional(z.string()).describe("Present after a replay"),
  published: z.optional(z.enum(RECONCILE_OUTCOMES)).describe("What publishing again did"),
  expired: z.optional(z.enum(EXPIRE_OUTCOMES)).describe("What ending the verification did"),
  decided: z.optional(z.enum(DECIDE_OUTCOMES)).describe("What deciding a review did"),
  "decided_id": z.optional(z.guid()).describe("Of which identity a review was decided"),
};

const Notices = z.object(NOTICE_QUERY);

/** Says what a form did. */
export function renderNotice(notices: z.output<typeof Notices>): Html | undefined {
  const text = describe(notices);
  return text === undefined ? undefined : html`
    <section role="status">
      <p>${text}</p>
    </section>
  `;
}

function describe(
  { replayed, published, expired, decided, "decided_id": id }: z.output<typeof Notices>,
): Html | string | undefined {
  if (replayed !== undefined) return "The job is tried again now.";
  if (published !== undefined) return describePublication(published);
  if (expired !== undefined) return describeExpired(expired);
  if (decided === undefined || id === undefined) return undefined;
  const identity = html`<a href="./?id=${id}"><code>${id}</code></a>`;
  return decided === "changed"
    ? html`Nothing was decided about ${identity}: it is not the review that you saw. Another operator
decided it, or Jumio has another result. Look at it again.`
    : html`Decided: ${identity} is ${decided}.`;
}
