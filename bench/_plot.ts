// SPDX-License-Identifier: Apache-2.0
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const WIDTH = 720;
const HEIGHT = 320;
const MARGIN = { left: 64, right: 150, top: 40, bottom: 48 } as const;
/** Distinguishable with colour blindness, and in grey. */
const STROKES = [
  { color: "#0b6e99", dashes: "" },
  { color: "#c05a00", dashes: "6 3" },
  { color: "#6a3d9a", dashes: "2 3" },
  { color: "#4d4d4d", dashes: "8 3 2 3" },
] as const;

/** Draws lines as an SVG without external files, on a white background also in dark mode. */
export function plotLines(
  { title, xLabel, yLabel, series, isLogX = false }: {
    title: string;
    xLabel: string;
    yLabel: string;
    series: readonly Series[];
    isLogX?: boolean;
  },
): string {
  const points = series.flatMap((line) => line.points);
  const toX = (x: number) => isLogX ? Math.log10(Math.max(x, 1)) : x;
  const xs = points.map(([x]) => toX(x));
  const [minX, maxX] = [Math.min(...xs), Math.max(...xs)];
  const maxY = niceCeiling(Math.max(...points.map(([, y]) => y)));
  const left = (x: number) =>
    MARGIN.left +
    (toX(x) - minX) / (maxX - minX || 1) * (WIDTH - MARGIN.left - MARGIN.right);
  const top = (y: number) =>
    HEIGHT - MARGIN.bottom - y / maxY * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const yTicks = [0, 0.25, 0.5, 0.75, 1].map((part) => part * maxY).map((y) =>
    `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${top(y)}" y2="${
      top(y)
    }" stroke="#ddd"/>` +
    text(MARGIN.left - 8, top(y) + 4, label(y), 'text-anchor="end"')
  );
  const ticks = isLogX
    ? [...new Set(points.map(([x]) => x))]
    : [0, 0.25, 0.5, 0.75, 1].map((part) => minX + part * (maxX - minX));
  const xTicks = ticks.map((x) =>
    text(
      left(x),
      HEIGHT - MARGIN.bottom + 18,
      label(isLogX ? x : Number(x.toPrecision(2))),
      'text-anchor="middle"',
    )
  );
  const lines = series.map(({ name, points }, index) => {
    const { color, dashes } = STROKES[index % STROKES.length] ?? STROKES[0];
    const path = points.map(([x, y]) => `${left(x).toFixed(1)},${top(y).toFixed(1)}`).join(" ");
    const key = MARGIN.top + 16 + index * 20;
    const stroke = `fill="none" stroke="${color}" stroke-width="2" stroke-dasharray="${dashes}"`;
    const from = WIDTH - MARGIN.right + 12;
    return `<polyline points="${path}" ${stroke}/>` +
      `<line x1="${from}" x2="${from + 22}" y1="${key}" y2="${key}" ${stroke}/>` +
      text(from + 28, key + 4, name);
  });
  const middle = (HEIGHT - MARGIN.bottom + MARGIN.top) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(MARGIN.left, 22, title, 'font-size="14" font-weight="bold"'),
    ...yTicks,
    ...xTicks,
    ...lines,
    text((WIDTH - MARGIN.right + MARGIN.left) / 2, HEIGHT - 10, xLabel, 'text-anchor="middle"'),
    text(16, middle, yLabel, `text-anchor="middle" transform="rotate(-90 16 ${middle})"`),
    "</svg>\n",
  ].join("\n");
}

function text(x: number, y: number, content: string, attributes = ""): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${content}</text>`;
}

/** The next round number. */
function niceCeiling(value: number): number {
  const step = 10 ** Math.floor(Math.log10(value || 1));
  return Math.ceil(value / step * 2) / 2 * step;
}

function label(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en");
}
