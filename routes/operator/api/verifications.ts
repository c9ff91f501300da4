// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Context } from "../../../lib/context.ts";
import { defineRoute, refused } from "../../../lib/http/route.ts";
import {
  ComparedAnswer,
  TimelineAnswer,
  VerificationsAnswer,
} from "../../../lib/operator/answers.ts";
import { readIdentityTimeline } from "../../../lib/operator/identity_timeline.ts";
import { recordLook } from "../../../lib/operator/looks.ts";
import { readOryCopy } from "../../../lib/operator/ory_copy.ts";
import { CURSORS } from "../../../lib/operator/values.ts";
import {
  findRecord,
  formatListCursor,
  listVerifications,
  parseListCursor,
} from "../../../lib/verification/list.ts";
import { VERIFICATION_STATUSES } from "../../../lib/verification/verdict.ts";
import { answersOf, answerWith, IDENTITY_OR_EXECUTION, OPERATOR_SECRET } from "./_operator.ts";
import { showEvent, showOryCopy, showRecord, showVerification } from "./_show.ts";

const MAX_LIMIT = 200;

const Limit = z.coerce.number().int().min(1).max(MAX_LIMIT).default(50);
const Moment = z.iso.datetime({ offset: true });

const STATUS = `(?:${VERIFICATION_STATUSES.join("|")})`;
const Statuses = z.string().regex(new RegExp(`^${STATUS}(?:,${STATUS})*$`));

const ListQuery = z.object({
  status: z.optional(Statuses).describe("Statuses, separated by commas; all by default"),
  since: z.optional(Moment).describe("Changed at this time or later"),
  until: z.optional(Moment).describe("Changed before this time"),
  limit: Limit.describe("At most this many"),
  cursor: z.optional(z.string().regex(CURSORS.verifications))
    .describe("`next_cursor` of the page before"),
});

const TimelineQuery = z.object({
  limit: Limit.describe("At most this many"),
  cursor: z.optional(z.string().regex(CURSORS.timeline))
    .describe("`next_cursor` of the page before"),
});

/** The verifications of some statuses and some time, the last changed first. */
export const operatorListVerifications = defineRoute({
  method: "GET",
  path: "/operator/verifications",
  summary: "Lists verifications, the last changed first",
  authentication: OPERATOR_SECRET,
  query: ListQuery,
  answers: answersOf(VerificationsAnswer),
  async handle({ query: { status, since, until, limit, cursor } }, { store }: Context) {
    const names = status?.split(",") ?? VERIFICATION_STATUSES;
    const { verifications, next } = await listVerifications(store, {
      statuses: VERIFICATION_STATUSES.filter((known) => names.includes(known)),
      since: since === undefined ? undefined : Date.parse(since),
      until: until === undefined ? undefined : Date.parse(until),
      after: cursor === undefined ? undefined : parseListCursor(cursor),
      limit,
    });
    return answerWith(VerificationsAnswer, {
      "verifications": verifications.map(showVerification),
      "next_cursor": next === undefined ? null : formatListCursor(next),
    });
  },
});

/** Everything that is stored about one identity, compared with the identity in Ory. */
export const operatorShowVerification = defineRoute({
  method: "GET",
  path: "/operator/verifications/{id}",
  summary: "Shows everything about one identity, by its id or that of one of its executions",
  authentication: OPERATOR_SECRET,
  parameters: { id: IDENTITY_OR_EXECUTION },
  answers: answersOf(ComparedAnswer),
  refusals: ["not_recorded"],
  async handle({ params: { id }, caller: reader }, context: Context) {
    const { store, kratos } = context;
    const record = await findRecord(store, id);
    if (record === undefined) return refused("not_recorded");
    const [copy] = await Promise.all([
      readOryCopy(record, { kratos }),
      recordLook(record.identityId, { ...context, reader }),
    ]);
    const ory = showOryCopy(copy);
    return answerWith(ComparedAnswer, { ...showRecord(record), ory });
  },
});

/** The events of one identity and its executions, the oldest first. */
export const operatorShowTimeline = defineRoute({
  method: "GET",
  path: "/operator/verifications/{id}/timeline",
  summary: "Shows what happened to one identity, in order",
  authentication: OPERATOR_SECRET,
  parameters: { id: IDENTITY_OR_EXECUTION },
  query: TimelineQuery,
  answers: answersOf(TimelineAnswer),
  refusals: ["not_recorded"],
  async handle({ params: { id }, query: { limit, cursor }, caller: reader }, context: Context) {
    const { store, now } = context;
    const record = await findRecord(store, id);
    if (record === undefined) return refused("not_recorded");
    const page = { limit, cursor, now: now() };
    const { events, nextCursor } = await readIdentityTimeline(store, record, page);
    // After the events were read: a look is not in the answer that it is about.
    await recordLook(record.identityId, { ...context, reader });
    return answerWith(TimelineAnswer, {
      "identity_id": record.identityId,
      "events": events.map(showEvent),
      "next_cursor": nextCursor,
    });
  },
});
