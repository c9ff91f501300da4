import type { Write } from "../kv/write.ts";
import { recordEvent, type TimelineDetails } from "./timeline.ts";

/** Who changes something by hand, and by which of the secrets: by its id, never the secret. */
export interface Operator {
  /** As they gave it: a statement, not a proof. */
  readonly name: string;
  /** Derived from the secret; leads back to nothing. */
  readonly secretId: string;
}

/** Records what an operator did, as a part of the write that does it. */
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

/** An operator in the words of a log line. */
export function signedFields({ name, secretId }: Operator): { by: string; secretId: string } {
  return { by: name, secretId };
}
