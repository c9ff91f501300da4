// SPDX-License-Identifier: Apache-2.0
import { answerError } from "./_errors.ts";
import { describeFlow, placeMessages, type SimulatedFlow } from "./_flows.ts";
import { type HookOptions, type HookResult, runHooks } from "./_hooks.ts";
import { createSessionHeaders } from "./_session_cookie.ts";
import {
  describeSession,
  type KratosState,
  type SimulatedIdentity,
  type SimulatedSession,
  toPublic,
} from "./_state.ts";
import type { OryActions, OryHook } from "../../../cli/kratos_config/ory_actions.ts";

/** What the self-service flows need. */
export interface SelfServiceOptions {
  readonly state: KratosState;
  readonly hooks: HookOptions;
  /** The hooks as they are configured now. */
  readonly actions: () => OryActions;
  readonly publicUrl: string;
  /** The application: its pages for the flows, and where people get back to. */
  readonly appUrl: string;
  readonly hasSessionHook: boolean;
  /** Hooks in progress whose answers are ignored. */
  readonly background: Set<Promise<unknown>>;
}

/** A submitted flow. */
export interface Submission {
  readonly request: Request;
  readonly flow: SimulatedFlow;
  readonly options: SelfServiceOptions;
}

/** Request headers that Kratos shows to templates. */
const SHOWN_HEADERS = /^(accept|content|sec)-|^(accept|origin|referer|true-client-ip|user-agent)$/;

/** Runs the hooks of a submitted flow. */
export async function runFlowHooks(
  hooks: readonly OryHook[],
  { submission, identity, session }: {
    submission: Submission;
    identity: SimulatedIdentity;
    /** At sign-in only. It is not stored yet. */
    session?: SimulatedSession;
  },
): Promise<HookResult> {
  const { request, flow, options } = submission;
  const ctx = {
    flow: { ...describeFlow(flow, options.publicUrl), id: flow.id },
    identity: toPublic(identity),
    "request_headers": Object.fromEntries(
      Array.from(request.headers).filter(([name]) => SHOWN_HEADERS.test(name))
        .map(([name, value]) => [toCanonicalName(name), [value]]),
    ),
    "request_method": request.method,
    "request_url": request.url,
    "request_cookies": {},
    ...(session === undefined
      ? {}
      : { session: describeSession(session, { identity, isStored: false }) }),
  };
  return await runHooks(hooks, { ctx, options: options.hooks, background: options.background });
}

/** Templates get the names in Go's form, such as `Accept-Language`. */
function toCanonicalName(name: string): string {
  return name.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}

/** Kratos's own refusal of a form. */
export function refuseForm(
  submission: Submission,
  { id, text, field = "" }: { id: number; text: string; field?: string },
): Response {
  const messages = [{ id, text, type: "error" }];
  return refuseByHook(submission, { kind: "refused", messages: [{ field, messages }] });
}

/** Answers an API client whose hook refused or failed. */
export function refuseByHook(
  { flow, options }: Submission,
  result: Exclude<HookResult, { kind: "continue" }>,
): Response {
  if (result.kind === "failed") {
    const { code, status, text: message, reason } = result;
    return answerError(code, { status, message, ...(reason === undefined ? {} : { reason }) });
  }
  placeMessages(flow, result.messages);
  return Response.json(describeFlow(flow, options.publicUrl), { status: 400 });
}

/** The answer to a client who is signed in: a token for an app, a cookie for a browser. */
export function answerSignedIn(
  { flow, options: { appUrl } }: Submission,
  { session, identity, rest = {} }: {
    session: SimulatedSession;
    identity: SimulatedIdentity;
    rest?: Readonly<Record<string, unknown>>;
  },
): Response {
  const body = { ...rest, session: describeSession(session, { identity }) };
  if (flow.csrfSecret === undefined) {
    return Response.json({ ...body, "session_token": session.token });
  }
  const next = {
    action: "redirect_browser_to",
    "redirect_browser_to": flow.returnTo ?? `${appUrl}/`,
  };
  return Response.json({ ...body, "continue_with": [next] }, {
    headers: createSessionHeaders(session.token),
  });
}
