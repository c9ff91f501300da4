// SPDX-License-Identifier: Apache-2.0
import { formatClock } from "./page/clock.ts";

const COLORS: Readonly<Record<string, string>> = {
  debug: "\x1b[2m",
  info: "\x1b[36m",
  warn: "\x1b[33m",
  error: "\x1b[31m",
};
const DIM = "\x1b[2m";
const RESET = "\x1b[0m";

/** Formats a line of the service's log for a terminal. Returns other lines unchanged. */
export function formatLogLine(line: string, { isColored }: { isColored: boolean }): string {
  const entry = parse(line);
  if (entry === undefined) return line;
  const { time, level, message, ...fields } = entry;
  const paint = (color: string, text: string) => isColored ? `${color}${text}${RESET}` : text;
  const at = Date.parse(String(time));
  const clock = Number.isNaN(at) ? "" : formatClock(at);
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${toText(value)}`).join(" ");
  return [
    paint(DIM, clock),
    paint(COLORS[level] ?? "", level.padEnd(5)),
    rest === "" ? message : `${message}  ${paint(DIM, rest)}`,
  ].join(" ");
}

function parse(
  line: string,
): { level: string; message: string; [field: string]: unknown } | undefined {
  try {
    const entry = JSON.parse(line);
    return typeof entry?.level === "string" && typeof entry.message === "string"
      ? entry
      : undefined;
  } catch {
    // Not a line of the log, for example a message of the runtime.
    return undefined;
  }
}

/** Quotes text with spaces. Indents text with line breaks, such as a stack. */
function toText(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value);
  if (value.includes("\n")) return `\n  ${value.replaceAll("\n", "\n  ")}`;
  return /\s/.test(value) ? JSON.stringify(value) : value;
}
