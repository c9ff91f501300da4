// SPDX-License-Identifier: Apache-2.0
import type { Result } from "../frame/command.ts";

/** What was done, or what would be done without a dry run. */
export interface MigrateReport {
  dryRun: boolean;
  /** How many identities were read. */
  read: number;
  migrated: { identityId: string; from: string; to: string }[];
  /** Identities that had `jumio` and whose flat keys were removed. */
  droppedFlat: string[];
  hasJumio: number;
  noFlatKeys: number;
  /** How many were deleted after the list was read. */
  gone: number;
  unknownStatus: string[];
  failed: { identityId: string; reason: string }[];
  /** Why the run stopped before the end of the list. */
  stopped: string | null;
  /** The page to continue from. */
  pageToken: string | null;
}

export function describeMigration(report: MigrateReport): Result {
  const { dryRun, migrated, droppedFlat, unknownStatus, failed, stopped, pageToken } = report;
  const changes = Map.groupBy(migrated, ({ from, to }) => `${from} -> ${to}`);
  const lines = [
    `${report.read} identities read`,
    `${migrated.length} ${dryRun ? "would be migrated" : "migrated"}`,
    ...[...changes].map(([change, { length }]) => `  ${change}: ${length}`),
    ...(droppedFlat.length === 0
      ? []
      : [`${droppedFlat.length} ${dryRun ? "would lose" : "lost"} only their flat keys`]),
    `${report.hasJumio} already have jumio: not changed`,
    `${report.noFlatKeys} have no flat keys`,
    ...(report.gone === 0 ? [] : [`${report.gone} were deleted during the run`]),
    ...unknownStatus.map((id) => `Unknown status, not changed: ${id}`),
    ...failed.map(({ identityId, reason }) => `${reason}: ${identityId}`),
    ...(stopped === null ? [] : [`Stopped before the end. ${stopped}`]),
    ...(stopped === null || pageToken === null ? [] : [`Continue with --page-token ${pageToken}`]),
    ...(dryRun ? ["This was a dry run: nothing was changed. To migrate, add --yes"] : []),
  ];
  const needsPerson = unknownStatus.length > 0 || failed.length > 0;
  const exitCode = stopped !== null ? 1 : needsPerson ? 3 : 0;
  return { exitCode, text: `${lines.join("\n")}\n`, data: report };
}
