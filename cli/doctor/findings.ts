// SPDX-License-Identifier: Apache-2.0
import { CONFIG_FINDINGS } from "./config_findings.ts";
import { LIVE_FINDINGS } from "./live_findings.ts";

/** Everything that `operator doctor` can find: why it matters and how to fix it. */
export const FINDINGS = { ...CONFIG_FINDINGS, ...LIVE_FINDINGS } as const satisfies Readonly<
  Record<string, FindingText>
>;

/** What people read about a finding. A warning is something that works, but not for certain. */
interface FindingText {
  readonly level?: "warning";
  readonly why: string;
  readonly fix: string;
}

/** How bad a finding is. Only an error makes the command fail. */
export function levelOf(id: FindingId): "error" | "warning" {
  const text: FindingText = FINDINGS[id];
  return text.level ?? "error";
}

/** The name of a finding. Scripts may depend on it. */
export type FindingId = keyof typeof FINDINGS;

/** Something that is wrong, and its place. */
export interface Finding {
  readonly id: FindingId;
  /** A path in the configuration, a setting, or an address. Never a secret. */
  readonly where: string;
  /** What the doctor saw, if {@linkcode FINDINGS} does not say it. */
  readonly seen?: string;
}

/** The result of a check: findings, and what could not be checked. */
export interface CheckResult {
  readonly findings: readonly Finding[];
  readonly unchecked: readonly string[];
}

/** Collects the result of a check. */
export interface Report extends CheckResult {
  add(id: FindingId, where: string, seen?: string): void;
  addUnchecked(text: string): void;
}

/** Creates an empty report. */
export function createReport(): Report {
  const findings: Finding[] = [];
  const unchecked: string[] = [];
  return {
    findings,
    unchecked,
    add(id, where, seen) {
      findings.push({ id, where, ...(seen === undefined ? {} : { seen }) });
    },
    addUnchecked(text) {
      if (!unchecked.includes(text)) unchecked.push(text);
    },
  };
}
