// SPDX-License-Identifier: Apache-2.0
import type { Write } from "../kv/write.ts";
import { recordEvent, type TimelineDetails } from "./timeline.ts";

/** Who did something by hand, for the record. */
export interface Operator {
  /** The name of their secret; for a secret without one, as the operator gave it: a statement. */
  readonly name: string;
  /** Names one of the operator secrets. It is derived from the secret and does not reveal it. */
  readonly secretId: string;
}

/** Who looked at something. The name is null for a secret without one, if its holder gave none. */
export interface Reader {
  readonly name: string | null;
  readonly secretId: string;
}

/** Records an operator's action in a timeline, as a part of the write that does it. */
export function recordAction(
  subjectId: string,
  { at, action, operator, details = {} }: {
    at: number;
    action: string;
    operator: Operator;
    details?: TimelineDetails;
  },
): Write {
  const { name: by, secretId } = operator;
  const signed = { action, ...details, by, "secret_id": secretId };
  return recordEvent(subjectId, { at, event: "operator", details: signed });
}

/** Names the operator in a log line. */
export function signedFields(
  { name, secretId }: Reader,
): { by: string | undefined; secretId: string } {
  return { by: name ?? undefined, secretId };
}
