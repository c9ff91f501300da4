// SPDX-License-Identifier: Apache-2.0
import { FAILURE_REASONS } from "../../lib/operator/failure_reasons.ts";
import { JOB_KIND_NAMES } from "../../lib/operator/values.ts";
import { type Arguments, type Flag, type Tools, UsageError } from "../frame/command.ts";
import { parseTimeFlag } from "./time_flag.ts";

/** The flags that choose dead letters. */
export const CHOICE_FLAGS: Readonly<Record<string, Flag>> = {
  kind: { value: "KIND", summary: "Only this kind of job" },
  reason: {
    value: "REASON",
    summary: "Only those given up for this reason, such as kratos_status",
  },
  since: { value: "TIME", summary: "Only those given up since 2026-05-04, or 2h or 7d ago" },
};

/** Which dead letters are meant. What is not set leaves out none. */
export interface Choice {
  readonly kind: string | undefined;
  readonly reason: string | undefined;
  readonly since: string | undefined;
}

/** Whether a command line has one of {@linkcode CHOICE_FLAGS}. */
export function isChoosing({ text }: Pick<Arguments, "text">): boolean {
  return Object.keys(CHOICE_FLAGS).some((flag) => text(flag) !== undefined);
}

/** Reads {@linkcode CHOICE_FLAGS}. @throws {UsageError} For a kind, reason or time that is none. */
export function parseChoice(
  { text }: Pick<Arguments, "text">,
  { now }: Pick<Tools, "now">,
): Choice {
  return {
    kind: parseWord(text("kind"), { flag: "kind", known: JOB_KIND_NAMES }),
    reason: parseWord(text("reason"), { flag: "reason", known: FAILURE_REASONS }),
    since: parseTimeFlag(text("since"), { flag: "since", now: now() }),
  };
}

function parseWord(
  word: string | undefined,
  { flag, known }: { flag: string; known: readonly string[] },
): string | undefined {
  if (word === undefined || known.includes(word)) return word;
  throw new UsageError(`--${flag} must be one of: ${known.join(", ")}`);
}
