// SPDX-License-Identifier: Apache-2.0
import { type Html, html } from "../../../lib/http/html.ts";
import type { SignedInOperator } from "../../../lib/operator/key.ts";
import { renderChange } from "./_read_only.ts";
import type { Verification } from "../../../lib/verification/rows.ts";

/** What the button that ends a verification did. */
export const EXPIRE_OUTCOMES = ["expired", "wrong_state"] as const;

export type ExpireOutcome = typeof EXPIRE_OUTCOMES[number];

const SENTENCES: Readonly<Record<ExpireOutcome, string>> = {
  expired: "The verification has ended. The person has to verify again.",
  "wrong_state": "Nothing has ended: the identity is neither verified nor in review.",
};

export function describeExpired(outcome: ExpireOutcome): string {
  return SENTENCES[outcome];
}

/** The form that ends a verification. Undefined where there is none to end. */
export function renderExpire(
  operator: SignedInOperator,
  { identityId, status }: Verification,
): Html | undefined {
  if (status !== "verified" && status !== "review") return undefined;
  return renderChange(operator, {
    action: "expire",
    content: html`
      <input type="hidden" name="id" value="${identityId}">
      <label>Reason for the end, as a code <input name="reason" required pattern="[A-Za-z0-9_.\\-]{1,64}"
      autocomplete="off"></label>
      <button class="quiet">End the verification</button>
    `,
  });
}
