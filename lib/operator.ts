import type { TimelineDetails, TimelineEventKind } from "./timeline.ts";
import { recordEvent } from "./timeline.ts";
import type { Write } from "./store.ts";

/** Who changes something by hand, and by which of the secrets: by its id, never the secret. */
export interface Operator {
  readonly name: string;
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
  const event: TimelineEventKind = "operator";
  return recordEvent(subjectId, {
    at,
    event,
    details: { action, ...details, ...signed(operator) },
  });
}

/** An operator in the words of a record or a log line. */
export function signed({ name, secretId }: Operator): { by: string; "secret_id": string } {
  return { by: name, "secret_id": secretId };
}
