import * as z from "zod";
import { parseJson, readBody } from "../../lib/body.ts";
import type { Context } from "../../lib/context.ts";
import { type Operator, signed } from "../../lib/operator.ts";
import { readBearer } from "../../lib/operator_key.ts";
import { type Refusal, refuse } from "../../lib/refusal.ts";

/** Who acts, for the record. Short and plain: it is printed in terminals, logs and pages. */
export const OperatorName = z.string().trim().regex(/^[\p{L}\p{N} ._@-]{1,64}$/u);

/** Serves one operator route. `params` are the parts of the path that vary. */
export type OperatorHandler = (
  request: Request,
  context: Context,
  params: readonly string[],
) => Promise<Response>;

/** A request that asks for something: the secret first, then the query's shape. */
export function reads<Query extends z.ZodType>(
  schema: Query,
  handle: (
    query: z.output<Query>,
    context: Context,
    params: readonly string[],
  ) => Promise<Response>,
): OperatorHandler {
  return async (request, context, params) => {
    const { config, log } = context;
    if (readBearer(request.headers, config.operatorKeys) === undefined) {
      return refuseOperator("operator_secret", { log });
    }
    const query = schema.safeParse(Object.fromEntries(new URL(request.url).searchParams));
    if (!query.success) {
      const field = query.error.issues[0]?.path.join(".") ?? "";
      return refuseOperator("operator_query", { log, field });
    }
    return withoutStore(await handle(query.data, context, params));
  };
}

/** A request that changes something: also who does it, then the body's shape. */
export function changes<Body extends z.ZodType>(
  schema: Body,
  handle: (
    body: z.output<Body>,
    context: Context,
    call: { readonly operator: Operator; readonly params: readonly string[] },
  ) => Promise<Response>,
): OperatorHandler {
  return async (request, context, params) => {
    const { config, log } = context;
    const key = readBearer(request.headers, config.operatorKeys);
    if (key === undefined) return refuseOperator("operator_secret", { log });
    const name = OperatorName.safeParse(readName(request.headers));
    if (!name.success) return refuseOperator("operator_name", { log });
    const bytes = await readBody(request);
    if (!bytes.ok) return refuseOperator(bytes.reason, { log });
    const body = parseJson(schema, bytes.value);
    if (!body.ok) return refuseOperator(body.reason, { log, field: body.field });
    const operator = { name: name.data, secretId: key.id };
    const { pathname } = new URL(request.url);
    const response = withoutStore(await handle(body.value, context, { operator, params }));
    log.info("An operator's request", { pathname, status: response.status, ...signed(operator) });
    return response;
  };
}

/** A header holds bytes alone, so a name with other letters comes encoded. */
function readName(headers: Headers): string {
  const value = headers.get("x-operator") ?? "";
  try {
    return decodeURIComponent(value);
  } catch {
    // Not encoded, but with a percent sign in it, which no name has.
    return "";
  }
}

function refuseOperator(
  reason: Refusal,
  { log, field }: { log: Context["log"]; field?: string | undefined },
): Response {
  log.info("Refused an operator's request", { reason, field });
  return withoutStore(refuse(reason, { field }));
}

function withoutStore(response: Response): Response {
  response.headers.set("cache-control", "no-store");
  return response;
}
