import * as z from "zod";
import { Problem, type Refusal, refusalAnswer } from "./refusal.ts";

/** How a caller shows who it is. Each is a security scheme of the document. */
export type Security = "callbackSignature" | "hookBearer" | "hookSecret" | "operatorBearer";

/** What one method of a path takes and answers: the part of OpenAPI that we need. */
export interface Operation {
  readonly summary: string;
  /** One of these is enough. Without any, nobody has to show who he is. */
  readonly security?: readonly Security[];
  readonly parameters?: readonly Parameter[];
  /** The schema by which the JSON body is checked. */
  readonly body?: z.ZodType;
  /** The schema by which a form is checked, where it is one. */
  readonly form?: z.ZodType;
  readonly answers: readonly Answer[];
  readonly refusals?: readonly Refusal[];
}

/** A part of the address. */
export interface Parameter {
  readonly name: string;
  readonly in: "header" | "path" | "query";
  readonly description: string;
  /** @default {true} */
  readonly isRequired?: boolean;
  readonly schema: z.ZodType;
}

/** One form of one status. */
export interface Answer {
  readonly status: number;
  readonly description: string;
  /** @default {"application/json"} */
  readonly type?: string;
  /** None: there is no body. */
  readonly schema?: z.ZodType;
}

/** What a page is, as far as a schema can say. */
const Html: z.ZodType = z.string();

/** The answer of an operation that is a page for a person. */
export function answerWithPage(status: number, description: string): Answer {
  return { status, description, type: "text/html; charset=utf-8", schema: Html };
}

/** What a page for a person may be instead. */
export const PAGE_FAILURES: readonly Answer[] = [
  answerWithPage(500, "Cannot tell just now: the log has more"),
  answerWithPage(503, "Cannot tell just now"),
];

/** What every operation that reads a JSON body may be refused for. */
export const BODY_REFUSALS: readonly Refusal[] = [
  "content_type",
  "body_too_large",
  "body_stalled",
  "body_broken",
  "body_empty",
  "not_json",
  "wrong_shape",
];

/** The answer of an operation whose KV does not answer. */
export const WITHOUT_KV: Answer = {
  status: 503,
  description: "KV does not answer; please repeat the request",
  type: "application/problem+json",
  schema: Problem,
};

/** Puts an operation into OpenAPI's form. */
export function toOpenapi(operation: Operation): Readonly<Record<string, unknown>> {
  const { summary, security = [], parameters = [], body, form } = operation;
  const taken = body ?? form;
  const type = form === undefined ? "application/json" : "application/x-www-form-urlencoded";
  return {
    summary,
    security: security.map((name) => ({ [name]: [] })),
    ...(parameters.length === 0 ? {} : { parameters: parameters.map(toParameter) }),
    ...(taken === undefined ? {} : {
      requestBody: {
        required: true,
        content: { [type]: { schema: toJsonSchema(taken, "input") } },
      },
    }),
    responses: toResponses(operation),
  };
}

function toParameter(
  { name, in: place, description, isRequired = true, schema }: Parameter,
): Readonly<Record<string, unknown>> {
  const required = isRequired;
  return { name, in: place, description, required, schema: toJsonSchema(schema, "input") };
}

function toResponses(
  { answers, refusals = [] }: Operation,
): Readonly<Record<string, { description: string; content: Record<string, unknown> }>> {
  const responses: Record<string, { description: string; content: Record<string, unknown> }> = {};
  const all = [...answers, ...refusals.map(toAnswer), toAnswer("bug")];
  for (const { status, description, type = "application/json", schema } of all) {
    const response = responses[status] ??= { description, content: {} };
    if (schema !== undefined) {
      response.content[type] ??= { schema: toJsonSchema(schema, "output") };
    }
  }
  return responses;
}

function toAnswer(reason: Refusal | "bug"): Answer {
  const { status, title } = reason === "bug"
    ? { status: 500, title: "Internal error" }
    : refusalAnswer(reason);
  return { status, description: title, type: "application/problem+json", schema: Problem };
}

function toJsonSchema(
  schema: z.ZodType,
  io: "input" | "output",
): Readonly<Record<string, unknown>> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
