// SPDX-License-Identifier: Apache-2.0
import type { SimulatedFlow } from "./_flows.ts";
import type { KratosState } from "./_state.ts";

/** Creates a code for a flow. It is valid until it is used. */
export function createCode(flow: SimulatedFlow): string {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  flow.code = String(random).slice(-6).padStart(6, "0");
  return flow.code;
}

/** Stores a mail where an administrator's API lists it. */
export function sendMail(
  { mails }: KratosState,
  { recipient, text, now }: { recipient: string; text: string; now: number },
): void {
  mails.push({ recipient, body: text, "created_at": new Date(now).toISOString() });
}

/** Serves `GET /admin/courier/messages`: the newest mail first. */
export function listMails({ mails }: KratosState, search: URLSearchParams): Response {
  const recipient = search.get("recipient");
  const found = mails.filter((mail) => recipient === null || mail.recipient === recipient);
  return Response.json(found.toReversed());
}
