// SPDX-License-Identifier: Apache-2.0
import { createAdminApi } from "./_admin.ts";
import { noFaults } from "./_faults.ts";
import { findByEmail, type KratosState } from "./_state.ts";

/** How a flow ended for the person who submitted it. */
export interface FlowEnd {
  readonly ok: boolean;
  readonly status: number;
  readonly messages: readonly string[];
  readonly sessionToken: string | undefined;
  /** Also set when the registration failed after the identity was stored. */
  readonly identityId: string | undefined;
}

/** What a person needs to submit a flow. */
interface PersonOptions {
  readonly serve: (request: Request) => Promise<Response>;
  readonly state: KratosState;
  readonly publicUrl: string;
  readonly now: () => number;
}

/** Starts a flow and submits it, as an app's form does. */
export async function submitFlow(
  name: "registration" | "login",
  { email, body, options: { serve, state, publicUrl } }: {
    email: string;
    body: unknown;
    options: PersonOptions;
  },
): Promise<FlowEnd> {
  const flow = await (await serve(new Request(`${publicUrl}/self-service/${name}/api`))).json();
  const answer = await serve(
    new Request(flow.ui.action, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
  const json = await answer.json();
  return {
    ok: answer.ok,
    status: answer.status,
    messages: readMessages(json),
    sessionToken: json["session_token"],
    identityId: findByEmail(state, email)?.id,
  };
}

/** Recovers an account by a code from an administrator. The session token is the cookie's. */
export async function recoverAccount(
  { email }: { email: string },
  { serve, state, publicUrl, now }: PersonOptions,
): Promise<FlowEnd> {
  const identityId = findByEmail(state, email)?.id;
  // Without faults: those are for the service's calls, and this call is an administrator's.
  const createCode = createAdminApi({ publicUrl, now, state, faults: noFaults() });
  const created = await createCode(
    new Request(`${publicUrl}/admin/recovery/code`, {
      method: "POST",
      body: JSON.stringify({ "identity_id": identityId }),
    }),
  );
  const { "recovery_link": link, "recovery_code": code } = await created.json();
  if (link === undefined) {
    const messages = ["There is no such person"];
    return { ok: false, status: created.status, messages, sessionToken: undefined, identityId };
  }
  const flowId = new URL(link).searchParams.get("flow");
  const answer = await serve(
    new Request(`${publicUrl}/self-service/recovery?flow=${flowId}`, {
      method: "POST",
      body: new URLSearchParams({ method: "code", code }),
    }),
  );
  const sessionToken = /ory_kratos_session=([^;]+)/
    .exec(answer.headers.get("set-cookie") ?? "")?.[1];
  const next = new URL(answer.headers.get("location") ?? publicUrl).searchParams.get("flow");
  const messages = state.flows.get(next ?? "")?.messages.map(({ text }) => text) ?? [];
  const { status } = answer;
  return { ok: sessionToken !== undefined, status, messages, sessionToken, identityId };
}

interface FlowAnswer {
  readonly ui?: {
    readonly messages?: readonly { text: string }[];
    readonly nodes: readonly { messages: readonly { text: string }[] }[];
  };
  readonly error?: { readonly message: string };
}

function readMessages({ ui, error }: FlowAnswer): string[] {
  if (error !== undefined) return [error.message];
  const ofFields = ui?.nodes.flatMap(({ messages }) => messages) ?? [];
  return [...ui?.messages ?? [], ...ofFields].map(({ text }) => text);
}
