// SPDX-License-Identifier: Apache-2.0
import type { Paint } from "./command.ts";

/** Standard output or standard error. */
export interface Output {
  readonly isTerminal: boolean;
  write(text: string): void;
}

/** No colour if the output goes into a file or a pipe, or if `NO_COLOR` is set. */
export function createPaint(
  { stdout, env }: { stdout: Output; env: Readonly<Record<string, string | undefined>> },
): Paint {
  const isPlain = !stdout.isTerminal || (env["NO_COLOR"] ?? "") !== "";
  const paint = (code: number) => (text: string) => isPlain ? text : `\x1b[${code}m${text}\x1b[0m`;
  return { good: paint(32), bad: paint(31), strong: paint(1) };
}

/** One line that each text overwrites and that `end` removes. Prints nothing without a terminal. */
export function createProgress(
  { isTerminal, write }: Output,
): { show: (text: string) => void; end: () => void } {
  const eraseLine = "\r\x1b[K";
  let isShown = false;
  return {
    show(text) {
      if (!isTerminal) return;
      write(`${eraseLine}${text}`);
      isShown = true;
    },
    end() {
      if (isShown) write(eraseLine);
      isShown = false;
    },
  };
}

const BAR_WIDTH = 30;

/** Draws how much is done, from 0 to 1, as a bar. */
export function drawBar(done: number): string {
  const filled = Math.floor(BAR_WIDTH * Math.max(0, Math.min(1, done)));
  return `[${"#".repeat(filled)}${"-".repeat(BAR_WIDTH - filled)}]`;
}
