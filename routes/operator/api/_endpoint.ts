import * as z from "zod";
import { parseJson, readBody } from "../../../lib/http/body.ts";
import type { Context } from "../../../lib/context.ts";
import { BODY_REFUSALS, type Operation, WITHOUT_KV } from "../../../lib/http/openapi.ts";
import { type Operator, signedFields } from "../../../lib/history/operator_action.ts";
import { findOperatorKey } from "../../../lib/operator/key.ts";
import { readOperatorName } from "../../../lib/operator/operator_name.ts";
import { readBearer } from "../../../lib/http/bearer.ts";
import { type Refusal, refuse } from "../../../lib/http/refusal.ts";

/** Serves one operator route. `params` are the parts of the path that vary. */
export type OperatorHandler = (
  request: Request,
  context: Context,
  params: readonly string[],
) => Promise<Response>;

/** What serves a path by one method, and what is told of it. */
export interface OperatorEndpoint {
  readonly handle: OperatorHandler;
  /** For `GET /openapi.json`. The path's own parameters come with the path. */
  readonly describe: () => Operation;
}

/** What an endpoint says of itself. */
interface EndpointOptions<Answer extends z.ZodType> {
  readonly summary: string;
  readonly answer: Answer;
  readonly refusals?: readonly Refusal[];
}

/** A part of an answer: the answer itself, or why there is none. */
type Result<Answer extends z.ZodType> = z.input<Answer> | Refused;

/** Why an endpoint has no answer. Made by {@linkcode refused} alone. */
interface Refused {
  readonly refusal: Refusal;
}

/** An endpoint's way to say no. */
export function refused(refusal: Refusal): Refused {
  return { refusal };
}

/** A request that asks for something: the secret first, then the query's shape. */
export function reads<Query extends z.ZodObject, Answer extends z.ZodType>(
  { query: schema, ...options }: EndpointOptions<Answer> & { query: Query },
  handle: (
    query: z.output<Query>,
    context: Context,
    params: readonly string[],
  ) => Promise<Result<Answer>>,
): OperatorEndpoint {
  return {
    async handle(request, context, params) {
      const { config, log } = context;
      if (findOperatorKey(readBearer(request.headers) ?? "", config.operatorKeys) === undefined) {
        return refuseOperator("operator_secret", { log });
      }
      const query = schema.safeParse(Object.fromEntries(new URL(request.url).searchParams));
      if (!query.success) {
        const field = query.error.issues[0]?.path.join(".") ?? "";
        return refuseOperator("operator_query", { log, field });
      }
      return toResponse(await handle(query.data, context, params));
    },
    describe: () => ({
      ...describeAnswers(options, ["operator_secret", "operator_query"]),
      parameters: Object.entries(schema.shape).map(([name, part]) => ({
        name,
        in: "query",
        description: part.description ?? "",
        isRequired: false,
        // A shape's parts are schemas, which its type does not say.
        schema: part as z.ZodType,
      })),
    }),
  };
}

/** A request that changes something: also who does it, then the body's shape. */
export function changes<Body extends z.ZodType, Answer extends z.ZodType>(
  { body: schema, ...options }: EndpointOptions<Answer> & { body: Body },
  handle: (
    body: z.output<Body>,
    context: Context,
    call: { readonly operator: Operator; readonly params: readonly string[] },
  ) => Promise<Result<Answer>>,
): OperatorEndpoint {
  return {
    async handle(request, context, params) {
      const { config, log } = context;
      const key = findOperatorKey(readBearer(request.headers) ?? "", config.operatorKeys);
      if (key === undefined) return refuseOperator("operator_secret", { log });
      const name = readOperatorName(request.headers);
      if (name === undefined) return refuseOperator("operator_name", { log });
      const bytes = await readBody(request);
      if (!bytes.ok) return refuseOperator(bytes.reason, { log });
      const body = parseJson(schema, bytes.value);
      if (!body.ok) return refuseOperator(body.reason, { log, field: body.field });
      const operator = { name, secretId: key.id };
      const { pathname } = new URL(request.url);
      const response = toResponse(await handle(body.value, context, { operator, params }));
      log.info("An operator's request", {
        pathname,
        status: response.status,
        ...signedFields(operator),
      });
      return response;
    },
    describe: () => ({
      ...describeAnswers(options, ["operator_secret", "operator_name", ...BODY_REFUSALS]),
      body: schema,
      parameters: [{
        name: "X-Operator",
        in: "header",
        description: "Who acts, for the record; percent-encoded where it is not ASCII",
        schema: z.string().regex(/^[A-Za-z0-9 ._@-]{1,64}$/),
      }],
    }),
  };
}

function describeAnswers<Answer extends z.ZodType>(
  { summary, answer, refusals = [] }: EndpointOptions<Answer>,
  common: readonly Refusal[],
): Operation {
  return {
    summary,
    security: ["operatorBearer"],
    answers: [{ status: 200, description: "Done", schema: answer }, WITHOUT_KV],
    refusals: ["not_found", ...common, ...refusals],
  };
}

function toResponse(result: unknown): Response {
  return withoutStore(isRefused(result) ? refuse(result.refusal) : Response.json(result));
}

function isRefused(result: unknown): result is Refused {
  return typeof result === "object" && result !== null && "refusal" in result;
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
