import type { Write } from "../kv/write.ts";
import { recordEvent, type TimelineDetails } from "./timeline.ts";

/** Who did something by hand, for the record. */
export interface Operator {
  /** As the operator gave it. It is a statement, not a proof. */
  readonly name: string;
  /** Names one of the operator secrets. It is derived from the secret and does not reveal it. */
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
export function signedFields({ name, secretId }: Operator): { by: string; secretId: string } {
  return { by: name, secretId };
}
