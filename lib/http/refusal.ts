// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";

const UNAUTHENTICATED = {
  status: 401,
  title: "Not authenticated",
  detail: "The credentials of this request are missing or wrong",
} as const;

/**
 * Every reason for which a request gets a 4xx answer as a problem. The log has the reason; the sender
 * gets the text. All failures to authenticate have the same text, so that a sender learns nothing by
 * trying.
 */
const ANSWERS = {
  "bad_address": {
    status: 400,
    title: "Bad address",
    detail: "The Host header is not a valid host name",
  },
  "not_found": { status: 404, title: "Not found", detail: "There is nothing at this path" },
  "method_not_allowed": {
    status: 405,
    title: "Method not allowed",
    detail: "The Allow header names the methods of this path",
  },
  "hook_secret": UNAUTHENTICATED,
  "operator_secret": UNAUTHENTICATED,
  "operator_name": {
    status: 400,
    title: "Bad request",
    detail: "The X-Operator header must have your name: 1 to 64 letters, digits, spaces or . _ @ -",
  },
  "operator_other_name": {
    status: 400,
    title: "Bad request",
    detail: "A secret with a name acts under that name only, and a secret without one under no " +
      "name of another secret. Leave out X-Operator (--as), or give your own name",
  },
  "read_only": {
    status: 403,
    title: "Read-only",
    detail: "This secret is read-only (NAME:ro:SECRET), and this request would change something",
  },
  "wrong_query": {
    status: 400,
    title: "Bad request",
    detail: "A query parameter has a wrong value",
  },
  "cross_site": {
    status: 403,
    title: "Not from this site",
    detail: "Only a page of this service, shown in a browser, can send this form",
  },
  "form_type": {
    status: 415,
    title: "Unsupported media type",
    detail: "The body must be sent as application/x-www-form-urlencoded",
  },
  "form_fields": {
    status: 400,
    title: "Bad form",
    detail: "A field is missing or has a wrong value",
  },
  "not_recorded": {
    status: 404,
    title: "Not found",
    detail: "There is no record of this id",
  },
  "wrong_state": {
    status: 409,
    title: "Wrong state",
    detail: "The verification is not in a state that allows this",
  },
  "no_review": {
    status: 409,
    title: "Wrong state",
    detail:
      "Only a review can be decided. A restart leads to a new execution, also if the result " +
      "of this one cannot be read",
  },
  "still_open": {
    status: 409,
    title: "Wrong state",
    detail: "The execution still works, its result is awaited, or the person is verified. A " +
      "refresh reads the result now. After an hour of failed reads, a restart replaces the execution",
  },
  "too_many_executions": {
    status: 409,
    title: "Wrong state",
    detail: "This identity has had 100 executions, which is the most that it can have",
  },
  "already_exists": {
    status: 409,
    title: "Already exists",
    detail: "This identity already has a verification. A restart gives it a new execution",
  },
  "being_erased": {
    status: 409,
    title: "Wrong state",
    detail:
      "The erasure of this identity is not complete. Start it when the erasure has a time of " +
      "its end. If the erasure is a dead letter, replay that first",
  },
  "callback_signature": UNAUTHENTICATED,
  "callback_token": UNAUTHENTICATED,
  "callback_unauthenticated": UNAUTHENTICATED,
  "callback_source": UNAUTHENTICATED,
  "callback_other_execution": UNAUTHENTICATED,
  "content_type": {
    status: 415,
    title: "Unsupported media type",
    detail: "The body must be sent as application/json",
  },
  "content_encoding": {
    status: 415,
    title: "Unsupported content encoding",
    detail: "The body must be sent without a Content-Encoding",
  },
  "body_too_large": {
    status: 413,
    title: "Body too large",
    detail: "The body is larger than this path accepts",
  },
  "body_stalled": {
    status: 408,
    title: "Body not received in time",
    detail: "The body did not arrive before the deadline",
  },
  "body_broken": {
    status: 400,
    title: "Bad request body",
    detail: "The body ended before it was complete",
  },
  "body_empty": {
    status: 400,
    title: "Bad request body",
    detail:
      "The body is empty. Kratos sends an empty body if the input of its template is over 64 KiB",
  },
  "not_json": {
    status: 400,
    title: "Bad request body",
    detail: "The body is not valid JSON in UTF-8",
  },
  "wrong_shape": {
    status: 400,
    title: "Bad request body",
    detail: "A field is missing or has a wrong value",
  },
} as const satisfies Readonly<
  Record<string, { readonly status: number; readonly title: string; readonly detail: string }>
>;

/** A reason of this table. Stable: alerts depend on it. */
export type Refusal = keyof typeof ANSWERS;

/** Why a body cannot be read. */
export type BodyRefusal = Extract<
  Refusal,
  "content_type" | "content_encoding" | "body_too_large" | "body_stalled" | "body_broken"
>;

/** Why a body that was read is not what the route expects. */
export type ShapeRefusal = Extract<Refusal, "body_empty" | "not_json" | "wrong_shape">;

/** Why a form is refused. */
export type FormRefusal =
  | Exclude<BodyRefusal, "content_type">
  | Extract<Refusal, "form_type" | "form_fields">;

/** The refusals of every route with a JSON body. */
export const BODY_REFUSALS: readonly (BodyRefusal | ShapeRefusal)[] = [
  "content_type",
  "content_encoding",
  "body_too_large",
  "body_stalled",
  "body_broken",
  "body_empty",
  "not_json",
  "wrong_shape",
];

/** The refusals of every route with a form. */
export const FORM_REFUSALS: readonly Refusal[] = [
  "cross_site",
  "form_type",
  "form_fields",
  "content_encoding",
  "body_too_large",
  "body_stalled",
  "body_broken",
];

/** The body of every error, except those that Kratos shows to a person (RFC 9457). */
export const Problem = z.lazy(() =>
  z.object({
    type: z.literal("about:blank"),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
  })
);

/** The status and title of a refusal. */
export function refusalAnswer(reason: Refusal): { status: number; title: string } {
  return ANSWERS[reason];
}

/** Answers a refusal as a problem. */
export function refuse(
  reason: Refusal,
  { field, allow }: { field?: string | undefined; allow?: string | undefined } = {},
): Response {
  const { status, title, detail } = ANSWERS[reason];
  const headers: Record<string, string> = allow === undefined ? {} : { allow };
  return problem(
    { status, title, detail: field === undefined ? detail : `${detail}: ${field}` },
    headers,
  );
}

/** Creates a response in `application/problem+json` (RFC 9457). No cache may keep it. */
export function problem(
  body: Omit<z.input<typeof Problem>, "type"> & Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify({ type: "about:blank", ...body }), {
    status: body.status,
    headers: {
      ...headers,
      "content-type": "application/problem+json",
      "cache-control": "no-store",
    },
  });
}
