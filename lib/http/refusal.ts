import * as z from "zod";
import type { BodyRefusal, ShapeRefusal } from "./body.ts";
import type { FormRefusal } from "./form.ts";

/** Why an operator's request is not done. */
export type OperatorRefusal =
  | "operator_secret"
  | "operator_name"
  | "operator_query"
  | "cross_site"
  | "not_recorded"
  | "wrong_state"
  | "already_there";

/** Why a callback is refused. */
export type CallbackRefusal =
  | "callback_signature"
  | "callback_token"
  | "callback_unauthenticated"
  | "callback_source"
  | "callback_other_execution";

/** Every reason for which a request gets a 4xx answer. The log has it; the sender gets the table's. */
export type Refusal =
  | "bad_address"
  | "not_found"
  | "method_not_allowed"
  | "hook_secret"
  | OperatorRefusal
  | CallbackRefusal
  | BodyRefusal
  | FormRefusal
  | ShapeRefusal;

const UNAUTHENTICATED = {
  status: 401,
  title: "Not authenticated",
  detail: "The credentials of this request are missing or wrong",
} as const;

const NOT_JSON = {
  status: 400,
  title: "Bad request body",
  detail: "The body is not valid JSON in UTF-8",
} as const;

/** All reasons of authentication answer alike, so that a sender learns nothing by trying. */
const ANSWERS: Readonly<
  Record<Refusal, { readonly status: number; readonly title: string; readonly detail: string }>
> = {
  "bad_address": {
    status: 400,
    title: "Bad address",
    detail: "The Host header and the path make no address",
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
    detail: "The X-Operator header says who you are: 1 to 64 letters, digits, spaces or . _ @ -",
  },
  "operator_query": {
    status: 400,
    title: "Bad request",
    detail: "A part of the query has the wrong form",
  },
  "cross_site": {
    status: 403,
    title: "Not from this site",
    detail: "A form is taken only from a page of this service, sent by a browser",
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
    title: "Not in this state",
    detail: "The verification is not in a state in which this can be done",
  },
  "already_there": {
    status: 409,
    title: "Already there",
    detail: "This identity has a verification",
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
  "body_too_large": {
    status: 413,
    title: "Body too large",
    detail: "A body may have 65536 bytes at most",
  },
  "body_stalled": {
    status: 408,
    title: "Body not received in time",
    detail: "The body did not arrive within the deadline",
  },
  "body_broken": {
    status: 400,
    title: "Bad request body",
    detail: "The body ended before it was complete",
  },
  "body_empty": {
    status: 400,
    title: "Bad request body",
    detail: "The body is empty; Kratos sends an empty one when a template's input is over 64 KiB",
  },
  "not_json": NOT_JSON,
  "wrong_shape": {
    status: 400,
    title: "Bad request body",
    detail: "A field is missing or has the wrong form",
  },
};

/** The body of every error but those that Kratos shows to a person (RFC 9457). */
export const Problem = z.object({
  type: z.literal("about:blank"),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
});

/** What a sender is told for a reason. */
export function refusalAnswer(reason: Refusal): { status: number; title: string } {
  return ANSWERS[reason];
}

/** Answers a refusal as `application/problem+json` (RFC 9457). */
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

/** An answer in `application/problem+json` (RFC 9457). */
export function problem(
  body: { status: number; title: string; detail: string },
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify({ type: "about:blank", ...body }), {
    status: body.status,
    headers: { ...headers, "content-type": "application/problem+json" },
  });
}
