// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Context } from "../../../lib/context.ts";
import { CURSORS } from "../../../lib/operator/values.ts";
import {
  formatListCursor,
  type ListCursor,
  listVerifications,
} from "../../../lib/verification/list.ts";
import type { Verification } from "../../../lib/verification/rows.ts";
import { VERIFICATION_STATUSES } from "../../../lib/verification/verdict.ts";
import type { PageAddress } from "./_redirect.ts";

const DAY_MS = 86_400_000;

/** For how long a verification has had its status, at least. */
const AGES_MS = {
  any: 0,
  "1h": 3_600_000,
  "1d": DAY_MS,
  "3d": 3 * DAY_MS,
  "7d": 7 * DAY_MS,
  "30d": 30 * DAY_MS,
} as const;

type QueueAge = keyof typeof AGES_MS;

export const QUEUE_AGES = Object.keys(AGES_MS) as [QueueAge, ...QueueAge[]];
export const QUEUE_STATUSES = [...VERIFICATION_STATUSES, "all"] as const;

/** Which verifications the queue shows. */
export const QueueFilter = z.object({
  status: z.enum(QUEUE_STATUSES).default("review").describe("The status"),
  age: z.enum(QUEUE_AGES).default("any").describe("For how long it has been so, at least"),
});

export type QueueFilter = z.output<typeof QueueFilter>;

/** A place in the queue. A page begins after it. */
export const QueuePlace = z.string().regex(CURSORS.verifications);

/** A page of the queue. `next` is the place of its last entry, if there are more. */
export interface QueuePage {
  readonly verifications: readonly Verification[];
  readonly next: ListCursor | undefined;
}

/** Reads a page of the queue. The verification that has waited longest comes first. */
export async function readQueue(
  { store, now }: Pick<Context, "store" | "now">,
  { filter: { status, age }, after, limit }: {
    filter: QueueFilter;
    after: ListCursor | undefined;
    limit: number;
  },
): Promise<QueuePage> {
  return await listVerifications(store, {
    statuses: status === "all" ? VERIFICATION_STATUSES : [status],
    until: age === "any" ? undefined : now() - AGES_MS[age] + 1,
    first: "oldest",
    after,
    limit,
  });
}

/** Finds the identity that comes after a place in the queue. */
export async function findNext(
  context: Pick<Context, "store" | "now">,
  { filter, after }: { filter: QueueFilter; after: ListCursor },
): Promise<string | undefined> {
  const { verifications: [next] } = await readQueue(context, { filter, after, limit: 1 });
  return next?.identityId;
}

/** The address of the queue; with `after`, of the page after a place. */
export function queueAddress(
  filter: QueueFilter,
  { after, notice = {} }: {
    after?: ListCursor;
    /** What a form did. */
    notice?: Readonly<Record<string, string>>;
  } = {},
): PageAddress {
  const place = after === undefined ? undefined : { after: formatListCursor(after) };
  return `./reviews?${new URLSearchParams({ ...filter, ...place, ...notice })}`;
}

/** The address of an identity; with `filter`, of its place in the queue. */
export function identityAddress(
  id: string,
  { filter, notice = {} }: {
    filter?: QueueFilter | undefined;
    /** What a form did. */
    notice?: Readonly<Record<string, string>>;
  } = {},
): PageAddress {
  return `./?${new URLSearchParams({ id, ...filter, ...notice })}`;
}
