import { ReasonCode } from "../../lib/operator/review.ts";
import { JOB_KIND_NAMES, VERIFICATION_STATUSES } from "../../lib/operator/values.ts";
import { UsageError } from "../frame/command.ts";

const MAX_LIMIT = 200;

/** Reads `--limit`. @throws {UsageError} For anything but a number from 1 to 200. */
export function parseLimit(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : NaN;
  if (limit >= 1 && limit <= MAX_LIMIT) return text;
  throw new UsageError(`--limit must be a number from 1 to ${MAX_LIMIT}`);
}

/** Reads `--status`. @throws {UsageError} For a status that does not exist. */
export function parseStatuses(statuses: readonly string[] | undefined): string | undefined {
  const known: readonly string[] = VERIFICATION_STATUSES;
  if (statuses === undefined) return undefined;
  if (statuses.length > 0 && statuses.every((status) => known.includes(status))) {
    return statuses.join(",");
  }
  throw new UsageError(`--status must be one or more of: ${known.join(", ")}`);
}

/** Checks the KIND of a dead letter. @throws {UsageError} For a kind that does not exist. */
export function checkKind(kind: string): void {
  const known: readonly string[] = JOB_KIND_NAMES;
  if (!known.includes(kind)) throw new UsageError(`KIND must be one of: ${known.join(", ")}`);
}

/** Checks `--reason`. @throws {UsageError} For anything but a code. */
export function checkReason(reason: string): void {
  if (!ReasonCode.safeParse(reason).success) {
    throw new UsageError("--reason must be one code of letters, digits, . _ -, without a blank");
  }
}
