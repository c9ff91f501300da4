import * as z from "zod";
import { findLoginHooks, findRegistrationHooks } from "./_hook_lists.ts";
import { type HookOptions, type HookResult, runHooks } from "./_hooks.ts";
import {
  answerError,
  createFlow,
  createIdentity,
  createSession,
  describeFlow,
  describeSession,
  findByEmail,
  type KratosState,
  placeMessages,
  type SimulatedFlow,
  type SimulatedIdentity,
  type SimulatedSession,
  toPublic,
  ZERO_ID,
} from "./state.ts";
import type { OryActions, OryHook } from "../../../cli/kratos_config/ory_actions.ts";

/** What the public API is built from. */
export interface PublicParts {
  readonly state: KratosState;
  readonly options: HookOptions;
  readonly actions: () => OryActions;
  readonly publicUrl: string;
  readonly hasSessionHook: boolean;
  readonly background: Set<Promise<unknown>>;
}

const Registration = z.object({
  method: z.string(),
  password: z.optional(z.string().min(8)),
  traits: z.looseObject({ email: z.string().regex(/^[^@\s]+@[^@\s]+$/) }),
}).refine(({ method, password }) => method !== "password" || password !== undefined);

const Login = z.object({
  method: z.string(),
  identifier: z.string(),
  password: z.optional(z.string()),
});

/** Headers that Kratos shows to templates. */
const SHOWN_HEADERS = /^(accept|content|sec)-|^(accept|origin|referer|true-client-ip|user-agent)$/;

/** Serves the self-service flows and whoami. */
export function createPublicApi(parts: PublicParts): (request: Request) => Promise<Response> {
  const { state, options, publicUrl, hasSessionHook, background } = parts;
  const { now } = options;

  return async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const route = `${request.method} ${pathname}`;
    const flow = state.flows.get(searchParams.get("flow") ?? searchParams.get("id") ?? "");
    switch (route) {
      case "GET /self-service/registration/api":
        return Response.json(describeFlow(createFlow(state, "registration"), publicUrl));
      case "GET /self-service/login/api":
        return Response.json(describeFlow(createFlow(state, "login"), publicUrl));
      case "GET /sessions/whoami":
        return whoami(request);
    }
    const name = flow?.name;
    if (flow === undefined) return answerError(404, { message: "Unable to locate the resource" });
    if (route === `GET /self-service/${name}/flows`) {
      return Response.json(describeFlow(flow, publicUrl));
    }
    if (route !== `POST /self-service/${name}`) return answerError(404);
    if (name === "recovery") return await recover(request, flow);
    if (request.headers.has("origin") || request.headers.has("cookie")) {
      return answerError(400, { reason: "A browser cannot submit a flow made for the API" });
    }
    return await (name === "registration" ? register(request, flow) : login(request, flow));
  };

  async function register(request: Request, flow: SimulatedFlow): Promise<Response> {
    const form = Registration.safeParse(await readForm(request));
    if (!form.success) return refuse(flow, { id: 4000002, text: "A field is missing" });
    const { traits, password, method } = form.data;
    flow.active = method;
    const { early, late } = findRegistrationHooks(parts.actions(), { method, hasSessionHook });
    let identity = createIdentity(traits, now());
    const unstored = await run(early, { request, flow, identity: { ...identity, id: ZERO_ID } });
    if (unstored.kind !== "continue") return refuseByHook(flow, unstored);
    // Whatever it answers, a hook cannot give the identity an id.
    identity = { ...identity, ...unstored.changes, id: identity.id };
    if (findByEmail(state, identity.traits.email) !== undefined) {
      const text =
        "An account with the same identifier (email, phone, username, ...) exists already.";
      return refuse(flow, { id: 4000007, text });
    }
    state.identities.set(identity.id, identity);
    if (password !== undefined) state.passwords.set(identity.id, password);
    // Stored before the hooks run, and given to the person by the `session` hook at the end.
    const session = createSession({ identityId: identity.id, method: method, now: now() });
    state.sessions.set(session.token, session);
    // As Kratos does, the answer has the identity as it was before the hook.
    const stored = toPublic(identity);
    const result = await run(late, { request, flow, identity });
    // The identity is kept: only what would have come after the hook is left out.
    if (result.kind !== "continue") return refuseByHook(flow, result);
    const isSignedIn = late.some(({ hook }) => hook === "session");
    return Response.json({
      identity: stored,
      ...(isSignedIn ? describeToken(session, { ...identity, ...stored }) : {}),
    });
  }

  async function login(request: Request, flow: SimulatedFlow): Promise<Response> {
    const form = Login.safeParse(await readForm(request));
    const identity = findByEmail(state, form.data?.identifier ?? "");
    // Any method but the password counts as proven: what proves it is no concern of the hooks.
    const isProven = identity !== undefined && form.success &&
      (form.data.method !== "password" ||
        form.data.password !== undefined &&
          state.passwords.get(identity.id) === form.data.password);
    if (!isProven) {
      const text = "The provided credentials are invalid, check for spelling mistakes in your " +
        "password or username, email address, or phone number.";
      return refuse(flow, { id: 4000006, text });
    }
    if (identity.state !== "active") {
      return answerError(401, {
        message: "identity is disabled",
        reason: "This account was disabled.",
      });
    }
    const { method } = form.data;
    flow.active = method;
    const session = createSession({ identityId: identity.id, method: method, now: now() });
    const result = await run(findLoginHooks(parts.actions(), method), {
      request,
      flow,
      identity,
      session,
    });
    if (result.kind !== "continue") return refuseByHook(flow, result);
    state.sessions.set(session.token, session);
    // What a hook changed at sign-in is in the answer, and nowhere else.
    return Response.json(describeToken(session, { ...identity, ...result.changes }));
  }

  /** A browser's form, for a flow that an administrator made. It needs no token against CSRF. */
  async function recover(request: Request, flow: SimulatedFlow): Promise<Response> {
    const form = z.object({ code: z.string() }).safeParse(await readForm(request));
    const identity = state.identities.get(flow.identityId ?? "");
    if (identity === undefined || flow.code === undefined || form.data?.code !== flow.code) {
      const text = "The recovery code is invalid or has already been used. Please try again.";
      flow.messages = [{ id: 4060006, text, type: "error" }];
      return redirect(`${publicUrl}/recovery?flow=${flow.id}`);
    }
    // Used up, whatever the hooks say: who is refused needs another code.
    flow.code = undefined;
    const { hooks = [] } = parts.actions().selfservice.flows.recovery.after;
    const result = await run(hooks, { request, flow, identity });
    if (result.kind === "failed") return redirect(`${publicUrl}/error?id=${crypto.randomUUID()}`);
    if (result.kind === "refused") {
      const next = createFlow(state, "recovery", { active: "code" });
      placeMessages(next, result.messages);
      return redirect(`${publicUrl}/recovery?flow=${next.id}`);
    }
    const session = createSession({ identityId: identity.id, method: "code_recovery", now: now() });
    state.sessions.set(session.token, session);
    return redirect(`${publicUrl}/settings?flow=${crypto.randomUUID()}`, {
      "set-cookie": `ory_kratos_session=${session.token}; Path=/; HttpOnly; SameSite=Lax`,
    });
  }

  function whoami({ headers }: Request): Response {
    const cookie = /(?:^|;\s*)ory_kratos_session=([^;]+)/.exec(headers.get("cookie") ?? "")?.[1];
    const bearer = /^Bearer (.+)$/i.exec(headers.get("authorization") ?? "")?.[1];
    const session = state.sessions.get(headers.get("x-session-token") ?? bearer ?? cookie ?? "");
    const identity = state.identities.get(session?.identityId ?? "");
    if (session === undefined || identity?.state !== "active") {
      return answerError(401, {
        message: "The request could not be authorized",
        reason: "No valid session credentials found in the request.",
      });
    }
    return Response.json(describeSession(session, { identity }), {
      headers: { "x-kratos-authenticated-identity-id": identity.id },
    });
  }

  async function run(
    hooks: readonly OryHook[],
    { request, flow, identity, session }: {
      request: Request;
      flow: SimulatedFlow;
      identity: SimulatedIdentity;
      session?: SimulatedSession;
    },
  ): Promise<HookResult> {
    const ctx = {
      flow: { ...describeFlow(flow, publicUrl), id: flow.id },
      identity: toPublic(identity),
      "request_headers": Object.fromEntries(
        Array.from(request.headers).filter(([name]) => SHOWN_HEADERS.test(name))
          .map(([name, value]) => [name, [value]]),
      ),
      "request_method": request.method,
      "request_url": request.url,
      "request_cookies": {},
      // Only at sign-in, and not stored yet.
      ...(session === undefined
        ? {}
        : { session: describeSession(session, { identity, isStored: false }) }),
    };
    return await runHooks(hooks, { ctx, options, background });
  }

  function refuse(flow: SimulatedFlow, message: { id: number; text: string }): Response {
    const messages = [{ ...message, type: "error" }];
    return refuseByHook(flow, { kind: "refused", messages: [{ field: "", messages }] });
  }

  function refuseByHook(
    flow: SimulatedFlow,
    result: Exclude<HookResult, { kind: "continue" }>,
  ): Response {
    if (result.kind === "failed") {
      const { code, status, text: message, reason } = result;
      return answerError(code, { status, message, ...(reason === undefined ? {} : { reason }) });
    }
    placeMessages(flow, result.messages);
    return Response.json(describeFlow(flow, publicUrl), { status: 400 });
  }
}

function describeToken(
  session: SimulatedSession,
  identity: SimulatedIdentity,
): Record<string, unknown> {
  return { "session_token": session.token, session: describeSession(session, { identity }) };
}

/** As JSON, or as a browser sends it. */
async function readForm(request: Request): Promise<unknown> {
  const text = await request.text();
  if (request.headers.get("content-type")?.startsWith("application/x-www-form-urlencoded")) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  try {
    return JSON.parse(text);
  } catch {
    // The schema refuses undefined, as it does any other wrong form.
    return undefined;
  }
}

function redirect(location: string, headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 303, headers: { ...headers, location } });
}
