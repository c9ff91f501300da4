import type { Result } from "../frame/command.ts";

/** What happened, or with a dry run would have, by identity. */
export interface MigrateReport {
  dryRun: boolean;
  /** Identities read. */
  read: number;
  migrated: { identityId: string; from: string; to: string }[];
  /** Had `jumio` and flat keys, which are gone now. */
  droppedFlat: string[];
  hasJumio: number;
  noFlatKeys: number;
  /** Deleted since the list was read. */
  gone: number;
  unknownStatus: string[];
  failed: { identityId: string; reason: string }[];
  /** Why the run ended before the end of the list. */
  stopped: string | null;
  /** Where to go on. */
  pageToken: string | null;
}

/** The report as the frame prints it. */
export function describeMigration(report: MigrateReport): Result {
  const { dryRun, migrated, droppedFlat, unknownStatus, failed, stopped, pageToken } = report;
  const changes = Map.groupBy(migrated, ({ from, to }) => `${from} -> ${to}`);
  const lines = [
    `${report.read} identities read`,
    `${migrated.length} ${dryRun ? "would be taken over" : "taken over"}`,
    ...[...changes].map(([change, { length }]) => `  ${change}: ${length}`),
    ...(droppedFlat.length === 0
      ? []
      : [`${droppedFlat.length} ${dryRun ? "would lose" : "lost"} their flat keys`]),
    `${report.hasJumio} have jumio, left alone`,
    `${report.noFlatKeys} have no flat keys`,
    ...(report.gone === 0 ? [] : [`${report.gone} were deleted meanwhile`]),
    ...unknownStatus.map((id) => `Unknown status, left alone: ${id}`),
    ...failed.map(({ identityId, reason }) => `${reason}: ${identityId}`),
    ...(stopped === null ? [] : [`Stopped before the end. ${stopped}`]),
    ...(stopped === null || pageToken === null ? [] : [`Go on with --page-token ${pageToken}`]),
    ...(dryRun ? ["This was a dry run: nothing was changed. Add --yes to do it"] : []),
  ];
  const isGood = unknownStatus.length === 0 && failed.length === 0 && stopped === null;
  return { exitCode: isGood ? 0 : 1, text: `${lines.join("\n")}\n`, data: report };
}
