import * as z from "zod";
import {
  RecordAnswer,
  TimelineAnswer,
  VerificationsAnswer,
} from "../../../lib/operator/answers.ts";
import { readTimeline } from "../../../lib/history/timeline.ts";
import { VERIFICATION_STATUSES } from "../../../lib/verification/verdict.ts";
import { findRecord, type ListCursor, listVerifications } from "../../../lib/verification/list.ts";
import { reads, refused } from "./_endpoint.ts";
import { showEvent, showRecord, showVerification } from "./_show.ts";

const MAX_LIMIT = 200;

const Limit = z.coerce.number().int().min(1).max(MAX_LIMIT).default(50);
const Moment = z.iso.datetime({ offset: true });

/** A place in a list, as the answer before named it. Nobody needs to understand it. */
const Cursor = z.string().regex(/^\d{1,16}\.[0-9a-f-]{36}$/i);

const STATUS = `(?:${VERIFICATION_STATUSES.join("|")})`;
const Statuses = z.string().regex(new RegExp(`^${STATUS}(?:,${STATUS})*$`));

const ListQuery = z.object({
  status: z.optional(Statuses).describe("A comma list of statuses; all by default"),
  since: z.optional(Moment).describe("Changed then or later"),
  until: z.optional(Moment).describe("Changed before then"),
  limit: Limit.describe("How many"),
  cursor: z.optional(Cursor).describe("The next page, as the one before named it"),
});

const TimelineQuery = z.object({
  limit: Limit.describe("How many"),
  cursor: z.optional(z.string().regex(/^\d{1,16}\.[\w ]{1,64}$/))
    .describe("The next page, as the one before named it"),
});

/** `GET /operator/verifications`: those of some statuses and some time, the last changed first. */
export const operatorListVerifications = reads({
  summary: "Lists verifications, the last changed first",
  query: ListQuery,
  answer: VerificationsAnswer,
}, async ({ status, since, until, limit, cursor }, { store }) => {
  const names = status?.split(",") ?? VERIFICATION_STATUSES;
  const { verifications, next } = await listVerifications(store, {
    statuses: VERIFICATION_STATUSES.filter((known) => names.includes(known)),
    since: since === undefined ? undefined : Date.parse(since),
    until: until === undefined ? undefined : Date.parse(until),
    after: cursor === undefined ? undefined : parseCursor(cursor),
    limit,
  });
  return {
    "verifications": verifications.map(showVerification),
    "next_cursor": next === undefined ? null : `${next.changedAt}.${next.identityId}`,
  };
});

/** `GET /operator/verifications/{id}`: all of one identity, by its id or an execution's. */
export const operatorShowVerification = reads({
  summary: "Shows all of one identity, by its id or that of one of its executions",
  query: z.object({}),
  answer: RecordAnswer,
  refusals: ["not_recorded"],
}, async (_query, { store }, [id = ""]) => {
  const record = await findRecord(store, id);
  return record === undefined ? refused("not_recorded") : showRecord(record);
});

/** `GET /operator/verifications/{id}/timeline`: what happened to one identity, in order. */
export const operatorShowTimeline = reads({
  summary: "Tells what happened to one identity, in order",
  query: TimelineQuery,
  answer: TimelineAnswer,
  refusals: ["not_recorded"],
}, async ({ limit, cursor }, { store }, [id = ""]) => {
  const record = await findRecord(store, id);
  if (record === undefined) return refused("not_recorded");
  const { identityId, executions } = record;
  const subjectIds = [identityId, ...executions.map((execution) => execution.id)];
  const { events, nextCursor } = await readTimeline(store, { subjectIds, limit, cursor });
  return {
    "identity_id": identityId,
    "events": events.map(showEvent),
    "next_cursor": nextCursor,
  };
});

function parseCursor(text: string): ListCursor {
  const dot = text.indexOf(".");
  return { changedAt: Number(text.slice(0, dot)), identityId: text.slice(dot + 1) };
}
