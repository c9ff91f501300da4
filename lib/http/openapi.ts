// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { FailureProblem } from "./failure.ts";
import { Problem, type Refusal, refusalAnswer } from "./refusal.ts";

/** The security schemes of the document. */
export const SECURITY_SCHEMES = {
  hookSecret: {
    type: "apiKey",
    in: "header",
    name: "X-Webhook-Secret",
    description: "ORY_WEBHOOK_SECRET, as Ory sends it",
  },
  hookBearer: {
    type: "http",
    scheme: "bearer",
    description: "The same secret, for proxies that pass on only this header",
  },
  callbackSignature: {
    type: "apiKey",
    in: "header",
    name: "X-Jumio-Signature",
    description: "Hexadecimal HMAC-SHA256 of the raw body, by JUMIO_CALLBACK_SECRET",
  },
  operatorBearer: { type: "http", scheme: "bearer", description: "OPERATOR_SECRET" },
} as const;

export type Security = keyof typeof SECURITY_SCHEMES;

/** What one method of a path accepts and answers. */
export interface Operation {
  readonly summary: string;
  /** One of these is enough. Empty: the operation is public. */
  readonly security: readonly Security[];
  readonly headers: readonly HeaderParameter[];
  /** By their names in the path. */
  readonly parameters: Readonly<Record<string, PathParameter>>;
  readonly query: z.ZodObject | undefined;
  /** The schema of the JSON body. */
  readonly body: z.ZodType | undefined;
  /** The schema of a form. */
  readonly form: z.ZodType | undefined;
  readonly answers: readonly Answer[];
  readonly refusals: readonly Refusal[];
}

/** A header that callers send. */
export interface HeaderParameter {
  readonly name: string;
  readonly description: string;
  readonly schema: z.ZodType;
  /** @default {false} */
  readonly isOptional?: boolean;
}

/** A part of the path that varies. */
export interface PathParameter {
  readonly description: string;
  readonly schema: z.ZodType;
  /** A regular expression for the raw text that leads to the route; other text is 404. */
  readonly pattern: string;
}

/** An answer of one status and content type. */
export interface Answer {
  readonly status: number;
  readonly description: string;
  /** @default {"application/json"} */
  readonly type?: string;
  /** Undefined: the answer has no body. */
  readonly schema?: z.ZodType;
}

/** A schema cannot say more about a page. */
const Page: z.ZodType = z.string();

/** An answer that is a page for a person. */
export function answerWithPage(status: number, description: string): Answer {
  return { status, description, type: "text/html; charset=utf-8", schema: Page };
}

/** The answers of a person's page when something fails. */
export const PAGE_FAILURES: readonly Answer[] = [
  answerWithPage(500, "The status cannot be shown because of a bug; the log has details"),
  answerWithPage(503, "The status cannot be shown at the moment"),
];

/** The answer of an operation while KV is down, or another upstream that it needs. */
export const WITHOUT_KV: Answer = {
  status: 503,
  description: "KV or another upstream does not answer; please repeat the request",
  type: "application/problem+json",
  schema: FailureProblem,
};

/** Converts an operation to the form of an OpenAPI document. */
export function toOpenapi(operation: Operation): Readonly<Record<string, unknown>> {
  const { summary, security, body, form } = operation;
  const parameters = toParameters(operation);
  const input = body ?? form;
  const type = form === undefined ? "application/json" : "application/x-www-form-urlencoded";
  return {
    summary,
    security: security.map((name) => ({ [name]: [] })),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(input === undefined ? {} : {
      requestBody: {
        required: true,
        content: { [type]: { schema: toJsonSchema(input, "input") } },
      },
    }),
    responses: toResponses(operation),
  };
}

function toParameters(
  { parameters, query, headers }: Operation,
): readonly Readonly<Record<string, unknown>>[] {
  const path = Object.entries(parameters).map(([name, { description, schema }]) => ({
    name,
    in: "path",
    description,
    required: true,
    schema: toJsonSchema(schema, "input"),
  }));
  // The parts of an object's shape are schemas, which the type of the shape does not say.
  const queryParts = Object.entries(query?.shape ?? {}) as [string, z.ZodType][];
  return [
    ...path,
    ...queryParts.map(([name, schema]) => ({
      name,
      in: "query",
      description: schema.description ?? "",
      required: !schema.safeParse(undefined).success,
      schema: toJsonSchema(schema, "input"),
    })),
    ...headers.map(({ name, description, schema, isOptional = false }) => ({
      name,
      in: "header",
      description,
      required: !isOptional,
      schema: toJsonSchema(schema, "input"),
    })),
  ];
}

function toResponses(
  { answers, refusals }: Operation,
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
