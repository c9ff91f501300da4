// SPDX-License-Identifier: Apache-2.0
import type { HourCounts } from "../../../lib/history/hourly_counts.ts";
import { type Html, html } from "../../../lib/http/html.ts";

/** One colour of a plot. */
export interface Series {
  readonly label: string;
  /** The class with the colour, in the style sheet. */
  readonly className: string;
  readonly count: (hour: HourCounts) => number;
}

/** Units of the drawing. It is stretched to the width of the page, so it has no text in it. */
const BAR = 10;
const GAP = 2;
const HEIGHT = 100;

/**
 * Draws hours as stacked bars. The server draws them, because the page has no script. The same
 * numbers follow as a table, to be read by a screen reader or copied.
 */
export function renderPlot(
  hours: readonly HourCounts[],
  { id, title, series }: { id: string; title: string; series: readonly Series[] },
): Html {
  const totals = hours.map((hour) => series.reduce((sum, { count }) => sum + count(hour), 0));
  const sum = totals.reduce((left, right) => left + right, 0);
  const heading = html`<h2>${title}</h2>`;
  if (sum === 0) {
    return html`${heading}<p class="soft">None in the last ${hours.length} hours.</p>`;
  }
  const top = roundUp(Math.max(...totals));
  const width = hours.length * (BAR + GAP);
  const bars = hours.map((hour, index) => renderBar(hour, { x: index * (BAR + GAP), top, series }));
  const lines = [0, 0.5, 1].map((share) =>
    html`
      <line class="grid" x1="0" x2="${width}" y1="${HEIGHT * share}" y2="${HEIGHT * share}" />
    `
  );
  const busy = hours.filter((_, index) => (totals[index] ?? 0) > 0);
  return html`
    ${heading}
    <ul class="legend">${series.map((one) => renderKey(one, hours))}</ul>
    <figure>
      <svg viewBox="0 0 ${width} ${HEIGHT}" preserveAspectRatio="none" role="img"
        aria-labelledby="${id}">
    <title id="${id}">${title}: ${sum} in the last ${hours.length} hours, at most ${Math.max(
      ...totals,
    )} in one</title>
    ${lines}${bars}</svg>
      <figcaption class="axis"><span>${formatHour(
        hours[0],
      )}</span><span>top line: ${top} an hour</span>
    <span>now</span></figcaption>
    </figure>
    <details>
      <summary>As a table</summary>
      <div class="scroll" tabindex="0" role="region"
        aria-label="${title}, as a table">
        <table>
          <thead>
            <tr><th scope="col">Hour (UTC)</th>${series.map(({ label }) =>
              html`<th scope="col" class="number">${label}</th>`
            )}</tr>
          </thead>
          <tbody>${busy.map((hour) => renderRow(hour, series)).toReversed()}</tbody>
        </table>
      </div>
    </details>
  `;
}

function renderBar(
  hour: HourCounts,
  { x, top, series }: { x: number; top: number; series: readonly Series[] },
): Html {
  let y = HEIGHT;
  const parts = series.flatMap(({ className, label, count }) => {
    const value = count(hour);
    if (value === 0) return [];
    const height = value / top * HEIGHT;
    y -= height;
    return [html`
      <rect class="${className}" x="${x}" y="${y.toFixed(2)}" width="${BAR}" height="${height
        .toFixed(2)}">
        <title>${formatHour(hour)}: ${label} ${value}</title>
      </rect>
    `];
  });
  return html`${parts}`;
}

function renderKey({ className, label, count }: Series, hours: readonly HourCounts[]): Html {
  const sum = hours.reduce((total, hour) => total + count(hour), 0);
  return html`<li><svg viewBox="0 0 1 1" aria-hidden="true"><rect class="${className}" width="1"
 height="1"/></svg>${label} ${sum}</li>`;
}

function renderRow(hour: HourCounts, series: readonly Series[]): Html {
  return html`<tr><th scope="row">${formatHour(hour)}</th>${
    series.map(({ count }) => html`<td class="number">${count(hour)}</td>`)
  }</tr>`;
}

/** Rounds up to a number whose half is easy to read: 2, 4, 6, 8, 10, 20, 40, … */
function roundUp(value: number): number {
  for (let unit = 1;; unit *= 10) {
    for (const step of [2, 4, 6, 8, 10]) if (value <= step * unit) return step * unit;
  }
}

function formatHour(hour: HourCounts | undefined): string {
  return new Date(hour?.startsAt ?? 0).toISOString().slice(5, 16).replace("T", " ");
}
