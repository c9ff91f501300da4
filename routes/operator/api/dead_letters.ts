import * as z from "zod";
import {
  closeDeadLetter,
  listDeadLetters,
  readDeadLetter,
} from "../../../lib/jobs/dead_letters.ts";
import { findJobKind, JOB_KIND_NAMES } from "../../../lib/verification/job_kinds.ts";
import {
  ClosedLetterAnswer,
  DeadLetterAnswer,
  DeadLettersAnswer,
} from "../../../lib/operator/answers.ts";
import { changes, type OperatorEndpoint, reads, refused } from "./_endpoint.ts";
import { showDeadLetter } from "./_show.ts";

const CURSOR = new RegExp(`^(?:${JOB_KIND_NAMES.join("|")})/[\\w-]{1,64}$`);

const DeadLetterQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe("How many"),
  cursor: z.optional(z.string().regex(CURSOR))
    .describe("The next page, as the one before named it"),
});

/** `GET /operator/dead-letters`: jobs of which no further try is made. */
export const operatorListDeadLetters = reads({
  summary: "Lists the jobs of which no further try is made",
  query: DeadLetterQuery,
  answer: DeadLettersAnswer,
}, async ({ limit, cursor }, { store }) => {
  const after = cursor === undefined ? undefined : parseName(cursor.split("/"));
  const { letters, hasMore } = await listDeadLetters(store, { limit, after });
  const last = letters.at(-1);
  return {
    "dead_letters": letters.map(showDeadLetter),
    "next_cursor": hasMore && last !== undefined ? `${last.kind}/${last.id}` : null,
  };
});

/** `GET /operator/dead-letters/{kind}/{id}`: one of them. */
export const operatorShowDeadLetter = reads({
  summary: "Shows one dead letter",
  query: z.object({}),
  answer: DeadLetterAnswer,
  refusals: ["not_recorded"],
}, async (_query, { store }, params) => {
  const name = parseName(params);
  const letter = name === undefined ? null : await readDeadLetter(store, name);
  return letter === null ? refused("not_recorded") : showDeadLetter(letter);
});

/** `POST /operator/dead-letters/{kind}/{id}/replay`: tries it again, from the beginning. */
export const operatorReplayDeadLetter = settles("replay", "Tries a dead letter again");

/** `POST /operator/dead-letters/{kind}/{id}/discard`: throws it away. */
export const operatorDiscardDeadLetter = settles("discard", "Throws a dead letter away");

function settles(action: "replay" | "discard", summary: string): OperatorEndpoint {
  return changes({
    summary,
    body: z.object({}),
    answer: ClosedLetterAnswer,
    refusals: ["not_recorded"],
  }, async (_body, { store, now, telemetry }, { operator, params }) => {
    const name = parseName(params);
    if (name === undefined) return refused("not_recorded");
    const trace = telemetry.currentTrace();
    const closing = { ...name, action, operator, now: now(), trace };
    if (!await closeDeadLetter(store, closing)) return refused("not_recorded");
    return {
      kind: name.kind.name,
      id: name.id,
      outcome: action === "replay" ? "replayed" as const : "discarded" as const,
    };
  });
}

function parseName(
  [kindText, id = ""]: readonly string[],
): { kind: NonNullable<ReturnType<typeof findJobKind>>; id: string } | undefined {
  const kind = findJobKind(kindText ?? "");
  return kind === undefined ? undefined : { kind, id };
}
