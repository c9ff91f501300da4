import * as z from "zod";
import { listDeadLetters, readDeadLetter, settleDeadLetter } from "../../lib/dead_letters.ts";
import { JOB_KINDS, type JobKind } from "../../lib/jobs.ts";
import { refuse } from "../../lib/refusal.ts";
import { changes, type OperatorHandler, reads } from "./_api.ts";
import { showDeadLetter } from "./_show.ts";

/** A place in the list: the letter before. */
const Cursor = z.string().transform((text) => text.split("/"))
  .pipe(z.tuple([z.enum(JOB_KINDS), z.string().min(1).max(64)]));

/** What the list is asked by. */
export const DeadLetterQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.optional(Cursor),
});

/** `GET /operator/dead-letters`: jobs of which no further try is made. */
export const operatorListDeadLetters = reads(
  DeadLetterQuery,
  async ({ limit, cursor }, { store }) => {
    const after = cursor && { kind: cursor[0], id: cursor[1] };
    const { letters, hasMore } = await listDeadLetters(store, { limit, after });
    const last = letters.at(-1);
    return Response.json({
      "dead_letters": letters.map(showDeadLetter),
      "next_cursor": hasMore && last !== undefined ? `${last.kind}/${last.id}` : null,
    });
  },
);

/** `GET /operator/dead-letters/{kind}/{id}`: one of them. */
export const operatorShowDeadLetter = reads(z.object({}), async (_query, { store }, params) => {
  const name = parseName(params);
  const letter = name === undefined ? null : await readDeadLetter(store, name);
  return letter === null ? refuse("not_recorded") : Response.json(showDeadLetter(letter));
});

/** `POST /operator/dead-letters/{kind}/{id}/replay`: tries it again, from the beginning. */
export const operatorReplayDeadLetter = settles("replay");

/** `POST /operator/dead-letters/{kind}/{id}/discard`: throws it away. */
export const operatorDiscardDeadLetter = settles("discard");

function settles(action: "replay" | "discard"): OperatorHandler {
  return changes(z.object({}), async (_body, { store, jobs, now }, { operator, params }) => {
    const name = parseName(params);
    const isDone = name !== undefined &&
      await settleDeadLetter(store, { ...name, action, operator, now: now() });
    if (!isDone) return refuse("not_recorded");
    jobs.wake([name.kind]);
    return Response.json({ ...name, outcome: action === "replay" ? "replayed" : "discarded" });
  });
}

function parseName(
  [kindText, id = ""]: readonly string[],
): { kind: JobKind; id: string } | undefined {
  const kind = JOB_KINDS.find((known) => known === kindText);
  return kind === undefined ? undefined : { kind, id };
}
