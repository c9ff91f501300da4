// SPDX-License-Identifier: Apache-2.0
import { type Reader, signedFields } from "../history/operator_action.ts";
import { recordEvent, type TimelineEvent, timelineKey } from "../history/timeline.ts";
import { type Update, updateRows, WriteConflictError } from "../kv/update.ts";
import type { Store } from "../kv/store.ts";
import { mergeWrites } from "../kv/write.ts";
import { type SetTimer, waitAtMost } from "../deadline.ts";
import type { Log } from "../log.ts";
import { UpstreamError } from "../upstream/error.ts";
import { type Verification, verificationKey } from "../verification/rows.ts";

/** One operator who looks at a person again within this time is not recorded again. */
const REPEAT_MS = 3_600_000;

/** More looks at one person in an hour are in the log alone: a caller may invent names. */
const MAX_LOOKS = 50;

/** How many events of an hour are read. Repeats are one event each, so there are few. */
const MAX_EVENTS = 500;

/** An operator does not wait longer for the record of a look. */
const RECORD_MS = 1_000;

/** What became of a look. `nothing_to_see`: the person was erased, and so is their timeline. */
type LookOutcome = "recorded" | "recorded_before" | "too_many" | "nothing_to_see";

/** Who looks, and what records it. */
interface Look {
  readonly reader: Reader;
  readonly store: Store;
  readonly now: () => number;
  readonly log: Log;
  readonly setDeadline: SetTimer;
}

/** The subject of the timeline that says who exported the timelines of all people. */
export const EXPORTS_SUBJECT = "exports";

/**
 * Records that an operator looked at a person: in the timeline, and each time in the log. It does not
 * fail if KV cannot be written, because operators look when something is broken. The log says then
 * that the timeline has no record.
 */
export async function recordLook(identityId: string, look: Look): Promise<void> {
  const fields = { identityId, ...signedFields(look.reader) };
  const outcome = await record(identityId, look);
  if (outcome === undefined) {
    look.log.error("An operator looked at a person, and the timeline has no record of it", fields);
    return;
  }
  look.log.info("An operator looked at a person", { outcome, ...fields });
}

/** Records that an operator exported timelines, which is a look at everybody. In the same way. */
export async function recordExport(look: Look): Promise<void> {
  const fields = signedFields(look.reader);
  const outcome = await record(EXPORTS_SUBJECT, look);
  if (outcome === undefined) {
    look.log.error("An operator exported timelines, and no timeline has a record of it", fields);
    return;
  }
  look.log.info("An operator exported timelines", { outcome, ...fields });
}

/** Undefined if it could not be stored. */
async function record(
  subjectId: string,
  { store, reader, now, setDeadline }: Look,
): Promise<LookOutcome | undefined> {
  const recorded = storeLook(store, { subjectId, reader, now: now() }).catch((error: unknown) => {
    if (error instanceof UpstreamError || error instanceof WriteConflictError) return undefined;
    throw error;
  });
  return await waitAtMost(RECORD_MS, recorded, { setTimer: setDeadline });
}

async function storeLook(
  store: Store,
  { subjectId, reader, now }: { subjectId: string; reader: Reader; now: number },
): Promise<LookOutcome> {
  return await updateRows(store, { action: "record a look", build });

  async function build(): Promise<Update<LookOutcome>> {
    const [row, events] = await Promise.all([
      subjectId === EXPORTS_SUBJECT
        ? undefined
        : store.get<Verification>(verificationKey(subjectId)),
      store.list<TimelineEvent>({
        start: timelineKey(subjectId, now - REPEAT_MS),
        end: timelineKey(subjectId, now + 1),
      }, { limit: MAX_EVENTS }),
    ]);
    if (row?.value === null) return { outcome: "nothing_to_see" };
    const { name: by, secretId } = reader;
    const looks = events.flatMap(({ value }) => value?.event === "view" ? [value.details] : []);
    const isRepeated = looks.some((look) => look["by"] === by && look["secret_id"] === secretId);
    if (isRepeated) return { outcome: "recorded_before" };
    if (looks.length >= MAX_LOOKS) return { outcome: "too_many" };
    const details = { by, "secret_id": secretId };
    // The check: an erasure deletes this row first, so no event is left behind after it.
    const write = mergeWrites(
      { checks: row === undefined ? [] : [row] },
      recordEvent(subjectId, { at: now, event: "view", details }),
    );
    return { write, outcome: "recorded" };
  }
}
