// SPDX-License-Identifier: Apache-2.0
import { ReasonCode } from "../../lib/operator/review.ts";
import {
  CURSORS,
  JOB_KIND_NAMES,
  RecordId,
  SWEEP_ID,
  VERIFICATION_STATUSES,
} from "../../lib/operator/values.ts";
import { type Arguments, UsageError } from "../frame/command.ts";

const MAX_LIMIT = 200;

const EXAMPLE_ID = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";

/** The id of a job that delivers an event. */
const EVENT_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}_\d{1,16}$/i;

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

/** Reads `--cursor`. @throws {UsageError} For anything but a place in the list. */
export function parseCursor(
  { text }: Pick<Arguments, "text">,
  list: keyof typeof CURSORS,
): string | undefined {
  const cursor = text("cursor");
  if (cursor === undefined || CURSORS[list].test(cursor)) return cursor;
  throw new UsageError(
    '--cursor must be the text that the page before ended with, after "For the next page"',
  );
}

/**
 * The path of one identity in the operator's API, from the first operand. `rest` is the part after
 * it.
 *
 * @throws {UsageError} If the operand is not an id. It would be a path of its own otherwise.
 */
export function verificationPath(
  { operands: [text = ""] }: Pick<Arguments, "operands">,
  { rest = "" }: { rest?: string } = {},
): string {
  return `verifications/${parseId(text)}${rest === "" ? "" : `/${rest}`}`;
}

/** Reads the id of an identity or a workflow execution. @throws {UsageError} For anything else. */
export function parseId(text: string): string {
  const id = RecordId.safeParse(text);
  if (id.success) return id.data;
  throw new UsageError(
    `"${text}" is not an id of an identity or of a workflow execution: these are UUIDs, such as ` +
      EXAMPLE_ID,
  );
}

/**
 * The path of one dead letter in the operator's API, from its KIND and ID.
 *
 * @throws {UsageError} For a kind that does not exist, or an id that no job of the kind has.
 */
export function deadLetterPath([kind = "", id = ""]: readonly string[]): string {
  const known: readonly string[] = JOB_KIND_NAMES;
  if (!known.includes(kind)) throw new UsageError(`KIND must be one of: ${known.join(", ")}`);
  if (kind === "sweep" && id === SWEEP_ID) return `dead-letters/${kind}/${id}`;
  if (kind === "sweep") throw new UsageError(`The only ID of the kind sweep is ${SWEEP_ID}`);
  if (kind !== "notify") return `dead-letters/${kind}/${parseId(id)}`;
  if (EVENT_ID.test(id)) return `dead-letters/${kind}/${id.toLowerCase()}`;
  throw new UsageError(
    `"${id}" is not an id of an event: it is the id of an identity and a number, such as ` +
      `${EXAMPLE_ID}_1777885200000`,
  );
}

/** Checks `--reason`. @throws {UsageError} For anything but a code. */
export function checkReason(reason: string): void {
  if (!ReasonCode.safeParse(reason).success) {
    throw new UsageError("--reason must be one code of letters, digits, . _ -, without a blank");
  }
}
