import { type Html, html } from "../../../lib/http/html.ts";
import { describeHeldStarts } from "../../../lib/operator/format.ts";
import type { HeldStarts } from "../../../lib/verification/held_starts.ts";
import { formatDistance } from "./_words.ts";

/** Renders what holds all starts back. Nothing where they are made. */
export function renderHeldStarts(
  { paused, breakerOpenedAt }: HeldStarts,
  now: number,
): Html | undefined {
  const isPaused = paused !== null;
  const title = describeHeldStarts({ isPaused, isBreakerOpen: breakerOpenedAt !== null });
  if (title === undefined) return undefined;
  const text = isPaused
    ? html`By ${paused.by}, ${formatDistance(paused.at, now)}. To let them go on:
<code>deno task operator resume</code>`
    : html`Since ${
      formatDistance(breakerOpenedAt ?? now, now)
    }. One start a minute is tried, and the
first success lets all go on. To stop these too: <code>deno task operator pause starts</code>`;
  return html`<section class="state bad"><strong>${title}</strong><p>${text}</p></section>`;
}
