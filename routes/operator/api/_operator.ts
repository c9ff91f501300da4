// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Context } from "../../../lib/context.ts";
import { type Operator, type Reader, signedFields } from "../../../lib/history/operator_action.ts";
import { readBearer } from "../../../lib/http/bearer.ts";
import { type Answer, type PathParameter, WITHOUT_KV } from "../../../lib/http/openapi.ts";
import type { Authenticated, Authentication } from "../../../lib/http/authentication.ts";
import type { RouteAnswer } from "../../../lib/http/route.ts";
import {
  allowsMethod,
  findOperatorKey,
  nameOperator,
  readSecretId,
} from "../../../lib/operator/key.ts";
import { hasOperatorName, readOperatorName } from "../../../lib/operator/operator_name.ts";

const SEGMENT = "[\\w-]{1,64}";

/** The `{id}` of a path about one identity. */
export const IDENTITY_OR_EXECUTION: PathParameter = describeSegment(
  "The id of an identity, or of one of its executions",
);

/** An operator waits this long at the terminal. The job continues after the answer. */
export const ATTEMPT_MS = 4_000;

/** The header in which callers name themselves. OpenAPI cannot say on which secret a header depends. */
const NAME_HEADER = {
  name: "X-Operator",
  description: "The operator's name for the record; percent-encoded if it is not ASCII. A secret " +
    "with a name needs none, and accepts no other one",
  schema: z.string().regex(/^[A-Za-z0-9 ._@-]{1,64}$/),
};

/** For requests that change nothing: one of the operator secrets is enough. */
export const OPERATOR_SECRET: Authentication<Context, Reader> = {
  security: ["operatorBearer"],
  refusals: ["operator_secret", "operator_name", "operator_other_name"],
  headers: [{ ...NAME_HEADER, isOptional: true }],
  check: authenticate,
  describeCaller: signedFields,
};

/** For requests that change something: the record also needs the operator's name. */
export const NAMED_OPERATOR: Authentication<Context, Operator> = {
  security: ["operatorBearer"],
  refusals: ["operator_secret", "operator_name", "operator_other_name", "read_only"],
  headers: [NAME_HEADER],
  async check(request, context) {
    const reader = await authenticate(request, context);
    if (!reader.ok) return reader;
    const { name, secretId } = reader.value;
    if (name === null) return { ok: false, reason: "operator_name" };
    return { ok: true, value: { name, secretId } };
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

/** Every operator request passes here, so that no route can admit a read-only secret to a change. */
async function authenticate(
  { headers, method }: Request,
  { config: { operator: { keys } } }: Context,
): Promise<Authenticated<Reader>> {
  const key = await findOperatorKey(readBearer(headers) ?? "", keys);
  if (key === undefined) return { ok: false, reason: "operator_secret" };
  const given = readOperatorName(headers);
  if (given === undefined && hasOperatorName(headers)) {
    return { ok: false, reason: "operator_name" };
  }
  const named = nameOperator(key, { given, keys });
  const secretId = await readSecretId(key);
  const caller = { name: named.ok ? named.name ?? null : key.name ?? null, secretId };
  const sender = signedFields(caller);
  if (!named.ok) return { ok: false, reason: "operator_other_name", sender };
  if (!allowsMethod(key, method)) return { ok: false, reason: "read_only", sender };
  return { ok: true, value: caller };
}
