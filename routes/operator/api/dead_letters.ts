// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Context } from "../../../lib/context.ts";
import type { Operator } from "../../../lib/history/operator_action.ts";
import { defineRoute, type Refused, refused, type RouteAnswer } from "../../../lib/http/route.ts";
import {
  closeDeadLetter,
  type DeadLetterFilter,
  type DeadLetterName,
  listDeadLetters,
  readDeadLetter,
} from "../../../lib/jobs/dead_letters.ts";
import {
  ClosedLetterAnswer,
  DeadLetterAnswer,
  DeadLettersAnswer,
} from "../../../lib/operator/answers.ts";
import { ClosedLettersAnswer } from "../../../lib/operator/bulk_answers.ts";
import { closeDeadLetters } from "../../../lib/operator/close_dead_letters.ts";
import { CURSORS } from "../../../lib/operator/values.ts";
import { CHECK, findJobKind, JOB_KIND_NAMES } from "../../../lib/verification/job_kinds.ts";
import {
  answersOf,
  answerWith,
  describeSegment,
  NAMED_OPERATOR,
  OPERATOR_SECRET,
} from "./_operator.ts";
import { showDeadLetter } from "./_show.ts";

const PATH = "/operator/dead-letters/{kind}/{id}";

const PARAMETERS = {
  kind: describeSegment(`The kind of job: ${JOB_KIND_NAMES.join(", ")}`),
  id: describeSegment("The id of the job: of an identity, or of an execution"),
};

/** How many dead letters one call closes at most. */
const PAGE_SIZE = 100;

/** Which dead letters are meant, and the place in their list. */
const CHOICE = {
  kind: z.optional(z.enum(JOB_KIND_NAMES)).describe("Of this kind of job"),
  reason: z.optional(z.string().regex(/^[a-z0-9_]{1,64}$/)).describe("Given up for this reason"),
  since: z.optional(z.iso.datetime({ offset: true })).describe("Given up at this time or later"),
  cursor: z.optional(z.string().regex(CURSORS.deadLetters))
    .describe("`next_cursor` of the page before"),
};

const DeadLetterQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe("At most this many"),
  ...CHOICE,
}).refine(isPlaceOfKind, { path: ["cursor"] });

const ChosenLetters = z.object(CHOICE).refine(isPlaceOfKind, { path: ["cursor"] });

interface ChosenLetters extends z.output<z.ZodObject<typeof CHOICE>> {}

/** For a result that could not be read: it may never be readable. */
const ADVICE =
  "If the result cannot be read again, restart the verification, or let the person start again";

/** The part of a path or of a cursor that names one dead letter. */
interface LetterPath {
  readonly kind: string;
  readonly id: string;
}

export const operatorListDeadLetters = defineRoute({
  method: "GET",
  path: "/operator/dead-letters",
  summary: "Lists the dead letters: jobs that are not tried again",
  authentication: OPERATOR_SECRET,
  query: DeadLetterQuery,
  answers: answersOf(DeadLettersAnswer),
  async handle({ query: { limit, ...choice } }, { store }: Context) {
    const { letters, hasMore, last } = await listDeadLetters(store, {
      limit,
      ...parseChoice(choice),
    });
    return answerWith(DeadLettersAnswer, {
      "dead_letters": letters.map(showDeadLetter),
      "next_cursor": hasMore && last !== undefined ? `${last.kind}/${last.id}` : null,
    });
  },
});

export const operatorShowDeadLetter = defineRoute({
  method: "GET",
  path: PATH,
  summary: "Shows a dead letter",
  authentication: OPERATOR_SECRET,
  parameters: PARAMETERS,
  answers: answersOf(DeadLetterAnswer),
  refusals: ["not_recorded"],
  async handle({ params }, { store }: Context) {
    const name = parseLetterPath(params);
    const letter = name === undefined ? null : await readDeadLetter(store, name);
    return letter === null
      ? refused("not_recorded")
      : answerWith(DeadLetterAnswer, showDeadLetter(letter));
  },
});

export const operatorReplayDeadLetter = defineRoute({
  method: "POST",
  path: `${PATH}/replay`,
  summary: "Tries the job of a dead letter again",
  authentication: NAMED_OPERATOR,
  parameters: PARAMETERS,
  body: z.object({}),
  answers: answersOf(ClosedLetterAnswer),
  refusals: ["not_recorded"],
  handle: ({ params, caller: operator }, context: Context) =>
    close(params, { action: "replay", operator, context }),
});

export const operatorDiscardDeadLetter = defineRoute({
  method: "POST",
  path: `${PATH}/discard`,
  summary: "Deletes a dead letter without trying its job again",
  authentication: NAMED_OPERATOR,
  parameters: PARAMETERS,
  body: z.object({}),
  answers: answersOf(ClosedLetterAnswer),
  refusals: ["not_recorded"],
  handle: ({ params, caller: operator }, context: Context) =>
    close(params, { action: "discard", operator, context }),
});

export const operatorReplayDeadLetters = defineRoute({
  method: "POST",
  path: "/operator/dead-letters/replay",
  summary: "Tries a page of jobs again that were given up",
  authentication: NAMED_OPERATOR,
  body: ChosenLetters,
  answers: answersOf(ClosedLettersAnswer),
  handle: ({ body, caller: operator }, context: Context) =>
    closePage(body, { action: "replay", operator, context }),
});

export const operatorDiscardDeadLetters = defineRoute({
  method: "POST",
  path: "/operator/dead-letters/discard",
  summary: "Deletes a page of dead letters without trying their jobs again",
  authentication: NAMED_OPERATOR,
  body: ChosenLetters,
  answers: answersOf(ClosedLettersAnswer),
  handle: ({ body, caller: operator }, context: Context) =>
    closePage(body, { action: "discard", operator, context }),
});

/** Who closes dead letters, and how. */
interface Closing {
  readonly action: "replay" | "discard";
  readonly operator: Operator;
  readonly context: Context;
}

async function closePage(
  choice: ChosenLetters,
  { action, operator, context: { store, now, telemetry } }: Closing,
): Promise<RouteAnswer> {
  const { closed, left, next } = await closeDeadLetters(store, {
    ...parseChoice(choice),
    limit: PAGE_SIZE,
    action,
    operator,
    now: now(),
    trace: telemetry.currentTrace(),
  });
  return answerWith(ClosedLettersAnswer, {
    closed,
    left,
    "next_cursor": next === undefined ? null : `${next.kind.name}/${next.id}`,
  });
}

async function close(
  path: LetterPath,
  { action, operator, context: { store, now, telemetry } }: Closing,
): Promise<RouteAnswer | Refused> {
  const letter = parseLetterPath(path);
  if (letter === undefined) return refused("not_recorded");
  const { kind, id } = letter;
  const trace = telemetry.currentTrace();
  const isClosed = await closeDeadLetter(store, { kind, id, action, operator, now: now(), trace });
  if (!isClosed) return refused("not_recorded");
  const outcome = action === "replay" ? "replayed" : "discarded";
  const advice = kind === CHECK && action === "replay" ? ADVICE : null;
  return answerWith(ClosedLetterAnswer, { kind: kind.name, id, outcome, advice });
}

/** The place in a list of one kind is a place of that kind. KV rejects another one. */
function isPlaceOfKind({ kind, cursor }: ChosenLetters): boolean {
  return kind === undefined || cursor === undefined || cursor.startsWith(`${kind}/`);
}

function parseChoice(
  { kind, reason, since, cursor }: ChosenLetters,
): { filter: DeadLetterFilter; after: DeadLetterName | undefined } {
  const [cursorKind = "", id = ""] = cursor?.split("/") ?? [];
  const filter = {
    kind: kind && findJobKind(kind),
    reason,
    since: since === undefined ? undefined : Date.parse(since),
  };
  return { filter, after: parseLetterPath({ kind: cursorKind, id }) };
}

function parseLetterPath(
  { kind: name, id }: LetterPath,
): { kind: NonNullable<ReturnType<typeof findJobKind>>; id: string } | undefined {
  const kind = findJobKind(name);
  return kind === undefined ? undefined : { kind, id: id.toLowerCase() };
}
