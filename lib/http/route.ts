// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { SetTimer } from "../deadline.ts";
import { lazy } from "../lazy.ts";
import type { Log, LogFields } from "../log.ts";
import type { Authentication, RefusalPage, RouteMatch } from "./authentication.ts";
import { readBody } from "./body.ts";
import type { FailurePage } from "./failure.ts";
import { readInput } from "./input.ts";
import type { Answer, Operation, PathParameter } from "./openapi.ts";
import { parseQuery } from "./query.ts";
import { BODY_REFUSALS, FORM_REFUSALS, type Refusal, refusalAnswer, refuse } from "./refusal.ts";
import { isSameOrigin } from "./same_origin.ts";

/** What every route gets, whatever else its handler needs. */
export interface RouteServices {
  readonly log: Log;
  readonly setDeadline: SetTimer;
}

/** An answer, and what became of the request. Telemetry counts `outcome` and `reason`. */
export interface RouteAnswer {
  readonly response: Response;
  /** @default {"answered", "refused" or "failed", by the status} */
  readonly outcome?: string;
  /** Why a request was refused or failed. A stable name: alerts depend on it. */
  readonly reason?: string;
}

/** A request that was refused. Only `refused()` makes one. */
export interface Refused {
  readonly refusal: Refusal;
  /** The first part of the request that is wrong. */
  readonly field?: string | undefined;
}

/** A request that passed every check of its route's declaration. */
export interface Call<Caller, Params, Query, Body> {
  readonly request: Request;
  readonly caller: Caller;
  readonly params: Params;
  readonly query: Query;
  /** The parsed JSON body or form. */
  readonly body: Body;
}

/** A route, declared in one place. `defineRoute` makes it a {@linkcode Route}. */
export interface RouteDeclaration<
  Services extends RouteServices,
  Caller,
  Params extends Readonly<Record<string, PathParameter>>,
  Query extends z.ZodObject,
  Body extends z.ZodType,
> {
  /** GET answers HEAD too. */
  readonly method: "GET" | "POST";
  /** A part in braces is a parameter, such as `{id}`. */
  readonly path: string;
  /** Whether the path may also have one more slash before it, or one after it. */
  readonly allowsExtraSlash?: boolean;
  readonly summary: string;
  readonly authentication: Authentication<Services, Caller>;
  /** One entry for each part of the path in braces. */
  readonly parameters?: Params;
  readonly query?: Query;
  /** The schema of the JSON body. */
  readonly body?: Body;
  /** The schema of a browser's form, which only a page of this service may send. */
  readonly form?: Body;
  /** The origin of the page with the form, where it is configured. */
  readonly formOrigin?: (services: Services) => string | undefined;
  readonly answers: readonly Answer[];
  /** Those that the handler decides. The others follow from the rest of the declaration. */
  readonly refusals?: readonly Refusal[];
  /** Answers a refusal in the page's own form. Undefined: as a problem in JSON. */
  readonly answerRefusal?: RefusalPage<Services>;
  /** Answers a failure with a page. Without it the answer is a problem in JSON. */
  readonly answerFailure?: FailurePage<Services>;
  readonly handle: (
    call: Call<
      Caller,
      { readonly [Name in keyof Params]: string },
      z.output<Query>,
      z.output<Body>
    >,
    services: Services,
  ) => RouteAnswer | Refused | Promise<RouteAnswer | Refused>;
}

/** A declared route, ready to run. */
export interface Route<Services> extends Operation {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly allowsExtraSlash: boolean;
  readonly answerFailure?: FailurePage<Services>;
  readonly run: (request: Request, services: Services, match: RouteMatch) => Promise<RouteAnswer>;
}

export const PUBLIC: Authentication<unknown, undefined> = {
  security: [],
  refusals: [],
  check: () => ({ ok: true, value: undefined }),
};

export function refused(refusal: Refusal, field?: string): Refused {
  return { refusal, field };
}

export function defineRoute<
  Services extends RouteServices,
  Caller,
  Params extends Readonly<Record<string, PathParameter>>,
  Query extends z.ZodObject,
  Body extends z.ZodType,
>(declaration: RouteDeclaration<Services, Caller, Params, Query, Body>): Route<Services> {
  const { method, path, body, allowsExtraSlash = false, answerFailure } = declaration;
  // Zod makes a function of the schema, which takes 2 ms: with the first request, not at the start.
  const compile = lazy(() =>
    body === undefined ? declaration : { ...declaration, body: z.compile(body) }
  );
  return {
    ...toOperation(declaration),
    method,
    path,
    allowsExtraSlash,
    ...(answerFailure === undefined ? {} : { answerFailure }),
    run: (request, services, match) => serve(compile(), { request, services, match }),
  };
}

/** The ladder of checks: origin of a form, sender, query, body, and then the handler. */
async function serve<
  Services extends RouteServices,
  Caller,
  Params extends Readonly<Record<string, PathParameter>>,
  Query extends z.ZodObject,
  Body extends z.ZodType,
>(
  declaration: RouteDeclaration<Services, Caller, Params, Query, Body>,
  call: { readonly request: Request; readonly services: Services; readonly match: RouteMatch },
): Promise<RouteAnswer> {
  const { request, services, match } = call;
  const { authentication, query: querySchema, form, formOrigin, handle } = declaration;
  if (form !== undefined && !isSameOrigin(request, { origin: formOrigin?.(services) })) {
    return await answerRefused(declaration, call, { refusal: "cross_site" });
  }
  const { setDeadline } = services;
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  if (authentication.coversBody) {
    const read = await readBody(request, { setDeadline });
    if (!read.ok) return await answerRefused(declaration, call, { refusal: read.reason });
    bytes = read.value;
  }
  const { params, info } = match;
  const checked = authentication.check(request, services, { params, info, body: bytes });
  // Most checks need no promise, and a sign-in must not wait for one.
  const caller = checked instanceof Promise ? await checked : checked;
  if (!caller.ok) {
    return await answerRefused(declaration, call, { refusal: caller.reason }, caller.sender);
  }
  const query = querySchema === undefined ? undefined : parseQuery(request, querySchema);
  if (query?.ok === false) {
    return await answerRefused(declaration, call, { refusal: "wrong_query", field: query.field });
  }
  const body = await readInput(request, { body: declaration.body, form, bytes, setDeadline });
  if (!body.ok) {
    return await answerRefused(declaration, call, { refusal: body.reason, field: body.field });
  }
  const result = await handle({
    request,
    caller: caller.value,
    // The matcher gives every parameter a value; a handler uses only what its declaration has.
    params: params as { readonly [Name in keyof Params]: string },
    query: query?.value as z.output<Query>,
    body: body.value as z.output<Body>,
  }, services);
  const sender = authentication.describeCaller?.(caller.value);
  if (sender !== undefined) {
    services.log.info("Handled a request", {
      pathname: new URL(request.url).pathname,
      status: "refusal" in result ? refusalAnswer(result.refusal).status : result.response.status,
      ...sender,
    });
  }
  return "refusal" in result ? await answerRefused(declaration, call, result) : result;
}

async function answerRefused<Services extends RouteServices>(
  { path, answerRefusal, authentication }: {
    path: string;
    answerRefusal?: RefusalPage<Services>;
    authentication: { answerRefusal?: RefusalPage<Services> };
  },
  call: { readonly request: Request; readonly services: Services },
  refused: Refused,
  sender?: LogFields,
): Promise<RouteAnswer> {
  const { refusal: reason, field } = refused;
  call.services.log.info("Refused a request", { route: path, reason, field, ...sender });
  const response = await answerRefusal?.(refused, call) ??
    await authentication.answerRefusal?.(refused, call) ?? refuse(reason, { field });
  return { response, outcome: "refused", reason };
}

function toOperation<
  Services extends RouteServices,
  Caller,
  Params extends Readonly<Record<string, PathParameter>>,
  Query extends z.ZodObject,
  Body extends z.ZodType,
>(declaration: RouteDeclaration<Services, Caller, Params, Query, Body>): Operation {
  const { summary, authentication, parameters, query, body, form, answers } = declaration;
  return {
    summary,
    security: authentication.security,
    headers: authentication.headers ?? [],
    parameters: parameters ?? {},
    query,
    body,
    form,
    answers,
    refusals: [
      ...(parameters === undefined ? [] : ["not_found" as const]),
      ...authentication.refusals,
      ...(query === undefined ? [] : ["wrong_query" as const]),
      ...(body === undefined ? [] : BODY_REFUSALS),
      ...(form === undefined ? [] : FORM_REFUSALS),
      ...declaration.refusals ?? [],
    ],
  };
}
