// SPDX-License-Identifier: Apache-2.0
import { type Html, html } from "../../lib/http/html.ts";
import { formatClock } from "./clock.ts";
import type { TimedNotice } from "./notice.ts";

/** Afterwards a notice has no colour any more. The style sheet has the same time. */
const FRESH_MS = 30_000;

/** The result of an action, with its time. Another notice has another id, so that it fades by itself. */
export function viewNotice(
  { text, tone, at }: TimedNotice,
  { of, now }: { of: string; now: number },
): Html {
  const age = now - at > FRESH_MS && "old";
  return html`
    <p id="notice-${of}-${at}"
      class="notice ${tone} ${age}"><time>${formatClock(at)}</time> ${text}</p>
  `;
}
