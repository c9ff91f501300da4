// SPDX-License-Identifier: Apache-2.0
import type { KratosSimulator } from "../simulators/kratos/simulator.ts";
import { bad, good, type Notice } from "./notice.ts";
import { findIdentity } from "./people.ts";

/** What a person's form needs. */
interface OryForms {
  readonly kratos: KratosSimulator;
  /** Sends a form to Ory. The observer sees this call, but not the ones that prepare it. */
  readonly submit: (request: Request) => Promise<Response>;
  /** The `Accept-Language` of the person's browser. */
  readonly languages: string | undefined;
}

/** Everybody in the sandbox has the same password. */
const PASSWORD = "Correct-horse-9-battery";

const KRATOS = "http://kratos";

export async function register(email: string, forms: OryForms): Promise<Notice> {
  const body = { method: "password", password: PASSWORD, traits: { email } };
  return await toNotice(await submitFlow("registration", { body, forms }), "Registered");
}

export async function signIn(email: string, forms: OryForms): Promise<Notice> {
  const body = { method: "password", password: PASSWORD, identifier: email };
  return await toNotice(await submitFlow("login", { body, forms }), "Signed in");
}

export async function recover(
  email: string,
  { kratos, submit, languages }: OryForms,
): Promise<Notice> {
  const created = await kratos.fetch(
    new Request(`${KRATOS}/admin/recovery/code`, {
      method: "POST",
      body: JSON.stringify({ "identity_id": findIdentity({ kratos }, email)?.id ?? "" }),
    }),
  );
  if (!created.ok) return bad("Ory’s admin API is down, so there is no recovery code");
  const { recovery_link: link, recovery_code: code } = await created.json();
  const flow = new URL(link).searchParams.get("flow");
  const answer = await submit(
    new Request(`${KRATOS}/self-service/recovery?flow=${flow}`, {
      method: "POST",
      headers: toHeaders(languages),
      body: new URLSearchParams({ method: "code", code }),
    }),
  );
  if (answer.headers.has("set-cookie")) return good("Signed in by recovery");
  const next = new URL(answer.headers.get("location") ?? KRATOS).searchParams.get("flow");
  const read = new Request(`${KRATOS}/self-service/recovery/flows?id=${next}`);
  return await toNotice(await kratos.fetch(read), "Refused without a message");
}

async function submitFlow(
  flow: "registration" | "login",
  { body, forms: { kratos, submit, languages } }: { body: unknown; forms: OryForms },
): Promise<Response> {
  const created = await kratos.fetch(new Request(`${KRATOS}/self-service/${flow}/api`));
  const { ui } = await created.json();
  const headers = { "content-type": "application/json", ...toHeaders(languages) };
  return await submit(
    new Request(ui.action, { method: "POST", headers, body: JSON.stringify(body) }),
  );
}

function toHeaders(languages: string | undefined): Record<string, string> {
  return languages === undefined ? {} : { "accept-language": languages };
}

/** The messages that the person would read at an app's form, or `success` if there are none. */
async function toNotice(answer: Response, success: string): Promise<Notice> {
  const { ui, error } = await answer.json();
  const nodes: { messages: { text: string }[] }[] = ui?.nodes ?? [];
  const texts: { text: string }[] = [...ui?.messages ?? [], ...nodes.flatMap((n) => n.messages)];
  if (texts.length > 0) return bad(`Refused: ${texts.map(({ text }) => text).join(" ")}`);
  return answer.ok ? good(success) : bad(`Failed: ${error?.message ?? answer.status}`);
}
