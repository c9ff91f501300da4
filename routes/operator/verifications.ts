import * as z from "zod";
import { readTimeline } from "../../lib/timeline.ts";
import { refuse } from "../../lib/refusal.ts";
import { VERIFICATION_STATUSES } from "../../lib/verdict.ts";
import { findRecord, type ListCursor, listVerifications } from "../../lib/verification_list.ts";
import { reads } from "./_api.ts";
import { showEvent, showRecord, showVerification } from "./_show.ts";

const MAX_LIMIT = 200;

const Limit = z.coerce.number().int().min(1).max(MAX_LIMIT).default(50);
const Moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** A place in a list, as the answer before named it. Nobody needs to understand it. */
const Cursor = z.string().regex(/^\d{1,16}\.[0-9a-f-]{36}$/i).transform((text): ListCursor => {
  const dot = text.indexOf(".");
  return { changedAt: Number(text.slice(0, dot)), identityId: text.slice(dot + 1) };
});

const Statuses = z.string()
  .transform((text) => text.split(",").map((status) => status.trim()))
  .pipe(z.array(z.enum(VERIFICATION_STATUSES)));

/** What a list is asked by. */
export const ListQuery = z.object({
  status: Statuses.default([...VERIFICATION_STATUSES]),
  since: z.optional(Moment),
  until: z.optional(Moment),
  limit: Limit,
  cursor: z.optional(Cursor),
});

/** What a timeline is asked by. */
export const TimelineQuery = z.object({
  limit: Limit,
  cursor: z.optional(z.string().regex(/^\d{1,16}\.[\w ]{1,64}$/)),
});

/** `GET /operator/verifications`: those of some statuses and some time, the last changed first. */
export const operatorListVerifications = reads(
  ListQuery,
  async ({ status, since, until, limit, cursor }, { store }) => {
    const { verifications, next } = await listVerifications(store, {
      statuses: [...new Set(status)],
      since,
      until,
      after: cursor,
      limit,
    });
    return Response.json({
      "verifications": verifications.map(showVerification),
      "next_cursor": next === undefined ? null : `${next.changedAt}.${next.identityId}`,
    });
  },
);

/** `GET /operator/verifications/{id}`: all of one identity, by its id or an execution's. */
export const operatorShowVerification = reads(
  z.object({}),
  async (_query, { store }, [id = ""]) => {
    const record = await findRecord(store, id);
    return record === undefined ? refuse("not_recorded") : Response.json(showRecord(record));
  },
);

/** `GET /operator/verifications/{id}/timeline`: what happened to one identity, in order. */
export const operatorShowTimeline = reads(
  TimelineQuery,
  async ({ limit, cursor }, { store }, [id = ""]) => {
    const record = await findRecord(store, id);
    if (record === undefined) return refuse("not_recorded");
    const { identityId, executions } = record;
    const subjectIds = [identityId, ...executions.map((execution) => execution.id)];
    const { events, nextCursor } = await readTimeline(store, { subjectIds, limit, cursor });
    return Response.json({
      "identity_id": identityId,
      "events": events.map(showEvent),
      "next_cursor": nextCursor,
    });
  },
);
