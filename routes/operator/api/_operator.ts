import * as z from "zod";
import type { Context } from "../../../lib/context.ts";
import { type Operator, signedFields } from "../../../lib/history/operator_action.ts";
import { readBearer } from "../../../lib/http/bearer.ts";
import { type Answer, type PathParameter, WITHOUT_KV } from "../../../lib/http/openapi.ts";
import type { Authentication, RouteAnswer } from "../../../lib/http/route.ts";
import { findOperatorKey, type OperatorKey } from "../../../lib/operator/key.ts";
import { readOperatorName } from "../../../lib/operator/operator_name.ts";

const SEGMENT = "[\\w-]{1,64}";

/** The `{id}` of a path about one identity. */
export const IDENTITY_OR_EXECUTION: PathParameter = describeSegment(
  "The id of an identity, or of one of its executions",
);

/** An operator waits this long at the terminal. The job continues after the answer. */
export const ATTEMPT_MS = 4_000;

/** For requests that change nothing: one of the operator secrets is enough. */
export const OPERATOR_SECRET: Authentication<Context, undefined> = {
  security: ["operatorBearer"],
  refusals: ["operator_secret"],
  check: (request, context) =>
    findKey(request, context) === undefined
      ? { ok: false, reason: "operator_secret" }
      : { ok: true, value: undefined },
};

/** For requests that change something: the record also needs the operator's name. */
export const NAMED_OPERATOR: Authentication<Context, Operator> = {
  security: ["operatorBearer"],
  refusals: ["operator_secret", "operator_name"],
  headers: [{
    name: "X-Operator",
    description: "The operator's name for the record; percent-encoded if it is not ASCII",
    schema: z.string().regex(/^[A-Za-z0-9 ._@-]{1,64}$/),
  }],
  check(request, context) {
    const key = findKey(request, context);
    if (key === undefined) return { ok: false, reason: "operator_secret" };
    const name = readOperatorName(request.headers);
    if (name === undefined) return { ok: false, reason: "operator_name" };
    return { ok: true, value: { name, secretId: key.id } };
  },
  describeCaller: signedFields,
};

/** Describes a part of a path that is an id or a name. */
export function describeSegment(description: string): PathParameter {
  return { description, schema: z.string().regex(new RegExp(`^${SEGMENT}$`)), pattern: SEGMENT };
}

/** The answers of a route that answers with this schema. */
export function answersOf(schema: z.ZodType): readonly Answer[] {
  return [{ status: 200, description: "Done", schema }, WITHOUT_KV];
}

/** Answers in JSON. The compiler holds the value to the schema. No cache may keep it. */
export function answerWith<Schema extends z.ZodType>(
  _schema: Schema,
  value: z.input<Schema>,
): RouteAnswer {
  return { response: Response.json(value, { headers: { "cache-control": "no-store" } }) };
}

function findKey({ headers }: Request, { config }: Context): OperatorKey | undefined {
  return findOperatorKey(readBearer(headers) ?? "", config.operator.keys);
}
