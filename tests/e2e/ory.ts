// SPDX-License-Identifier: Apache-2.0
/** What a person and an administrator can do at Ory. Works with Kratos and with its simulator. */
export interface Ory {
  register(email: string, person?: Person): Promise<Visit>;
  signIn(email: string, person?: Person): Promise<Visit>;
  /** Recovers the account by a code from an administrator. */
  recover(identityId: string, person?: Person): Promise<Visit>;
  identity(identityId: string): Promise<Identity | undefined>;
  /** The ids of all identities with this address. */
  find(email: string): Promise<string[]>;
  patch(identityId: string, operations: unknown): Promise<void>;
  /** Replaces the identity without its metadata, as another program does. */
  putWithoutMetadata(identityId: string): Promise<void>;
}

/** What the person's browser or app says of the person. */
export interface Person {
  /** Without it, no preference (`*`) is sent. */
  readonly acceptLanguage?: string;
}

/** How a flow ended for the person. */
export interface Visit {
  readonly status: number;
  readonly messages: readonly string[];
  /** The ids of the messages in the form, in the same order. */
  readonly messageIds: readonly number[];
  readonly hasSession: boolean;
  /** The session's token, if an app got one. */
  readonly sessionToken: string;
  readonly identityId: string;
}

/** An identity as the admin API shows it. */
export interface Identity {
  readonly id: string;
  readonly jumio: Readonly<Record<string, unknown>>;
  readonly metadataPublic: unknown;
}

const PASSWORD = "Correct-horse-9-battery";
const JSON_TYPE = { "content-type": "application/json" };

/** The addresses of a Kratos, real or simulated. */
interface OryUrls {
  readonly publicUrl: string;
  readonly adminUrl: string;
}

export function createOry(urls: OryUrls): Ory {
  return {
    register(email, person = {}) {
      const body = { method: "password", password: PASSWORD, traits: { email } };
      return submitFlow("registration", { body, person, urls });
    },
    signIn(email, person = {}) {
      const body = { method: "password", password: PASSWORD, identifier: email };
      return submitFlow("login", { body, person, urls });
    },
    recover: (identityId, person = {}) => recover(identityId, { person, urls }),
    identity: (identityId) => readIdentity(identityId, urls),
    async find(email) {
      const query = new URLSearchParams({ "credentials_identifier": email });
      const response = await fetch(`${urls.adminUrl}/admin/identities?${query}`);
      const identities: { id: string }[] = await response.json();
      return identities.map(({ id }) => id);
    },
    async patch(identityId, operations) {
      const response = await fetch(`${urls.adminUrl}/admin/identities/${identityId}`, {
        method: "PATCH",
        headers: JSON_TYPE,
        body: JSON.stringify(operations),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`Cannot patch an identity: status ${response.status}`);
    },
    putWithoutMetadata: (identityId) => putWithoutMetadata(identityId, urls),
  };
}

/** Starts a flow and submits it, as an app's form does. */
async function submitFlow(
  flow: "registration" | "login",
  { body, person, urls }: { body: unknown; person: Person; urls: OryUrls },
): Promise<Visit> {
  const created = await fetch(`${urls.publicUrl}/self-service/${flow}/api`);
  const { ui } = await created.json();
  const headers = { ...JSON_TYPE, "accept-language": person.acceptLanguage ?? "*" };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  const response = await fetch(ui.action, init);
  const answer = await response.json();
  const { texts, ids: messageIds } = splitMessages(answer.ui?.messages);
  const reason = answer.error?.message ?? answer.error?.reason;
  return {
    status: response.status,
    messages: reason === undefined ? texts : [...texts, String(reason)],
    messageIds,
    hasSession: typeof answer["session_token"] === "string",
    sessionToken: answer["session_token"] ?? "",
    identityId: answer.identity?.id ?? answer.session?.identity?.id ?? "",
  };
}

async function recover(
  identityId: string,
  { person, urls }: { person: Person; urls: OryUrls },
): Promise<Visit> {
  const created = await fetch(`${urls.adminUrl}/admin/recovery/code`, {
    method: "POST",
    headers: JSON_TYPE,
    body: JSON.stringify({ "identity_id": identityId }),
  });
  const { recovery_link: link, recovery_code: code } = await created.json();
  const flow = await readRecoveryFlow(new URL(link).searchParams.get("flow"), { urls });
  // A browser without scripts sends a form and does not accept JSON.
  const response = await fetch(flow.action, {
    method: "POST",
    redirect: "manual",
    headers: {
      accept: "text/html",
      "accept-language": person.acceptLanguage ?? "*",
      cookie: flow.cookie,
    },
    body: new URLSearchParams({ method: "code", code, "csrf_token": flow.csrfToken }),
  });
  await response.body?.cancel();
  const { status } = response;
  const cookies = response.headers.getSetCookie();
  if (cookies.some((cookie) => cookie.startsWith("ory_kratos_session="))) {
    return { status, messages: [], messageIds: [], hasSession: true, sessionToken: "", identityId };
  }
  const next = new URL(response.headers.get("location") ?? "").searchParams.get("flow");
  const { messages, messageIds } = await readRecoveryFlow(next, {
    cookie: toCookieHeader(cookies),
    urls,
  });
  return { status, messages, messageIds, hasSession: false, sessionToken: "", identityId };
}

async function readRecoveryFlow(
  id: string | null,
  { cookie = "", urls }: { cookie?: string; urls: OryUrls },
): Promise<{
  action: string;
  cookie: string;
  csrfToken: string;
  messages: string[];
  messageIds: number[];
}> {
  const url = `${urls.publicUrl}/self-service/recovery/flows?id=${id}`;
  const response = await fetch(url, { headers: { cookie } });
  const { ui } = await response.json();
  const nodes: { attributes: { name: string; value: string } }[] = ui?.nodes ?? [];
  const { texts: messages, ids: messageIds } = splitMessages(ui?.messages);
  const csrf = nodes.find(({ attributes }) => attributes.name === "csrf_token");
  return {
    action: ui?.action ?? "",
    cookie: toCookieHeader(response.headers.getSetCookie()),
    csrfToken: csrf?.attributes.value ?? "",
    messages,
    messageIds,
  };
}

async function putWithoutMetadata(identityId: string, { adminUrl }: OryUrls): Promise<void> {
  const url = `${adminUrl}/admin/identities/${identityId}`;
  const { schema_id, state, traits } = await (await fetch(url)).json();
  const body = JSON.stringify({ schema_id, state, traits });
  const response = await fetch(url, { method: "PUT", headers: JSON_TYPE, body });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`Cannot put an identity: status ${response.status}`);
}

async function readIdentity(
  identityId: string,
  { adminUrl }: OryUrls,
): Promise<Identity | undefined> {
  const response = await fetch(`${adminUrl}/admin/identities/${identityId}`);
  const answer = await response.json();
  if (response.status !== 200) return undefined;
  const metadataPublic = answer["metadata_public"];
  return { id: answer.id, metadataPublic, jumio: Object(Object(metadataPublic).jumio) };
}

function toCookieHeader(setCookies: readonly string[]): string {
  return setCookies.map((text) => text.split(";")[0] ?? "").join("; ");
}

function splitMessages(
  messages: { id: number; text: string }[] | null | undefined,
): { texts: string[]; ids: number[] } {
  const given = messages ?? [];
  return { texts: given.map(({ text }) => text), ids: given.map(({ id }) => id) };
}
