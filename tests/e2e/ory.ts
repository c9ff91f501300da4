/** What a person can do at Ory, by the paths that Kratos and its simulator share. */
export interface Ory {
  register(email: string): Promise<Visit>;
  signIn(email: string): Promise<Visit>;
  /** By a code that an administrator made, as after a forgotten password. */
  recover(identityId: string): Promise<Visit>;
  identity(identityId: string): Promise<Identity | undefined>;
  /** The ids of all identities with this address. */
  find(email: string): Promise<string[]>;
  patch(identityId: string, operations: unknown): Promise<void>;
}

/** How a visit ended, as the person sees it. */
export interface Visit {
  readonly status: number;
  readonly messages: readonly string[];
  readonly hasSession: boolean;
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

/** Creates a visitor of a Kratos, real or simulated. */
export function createOry({ publicUrl, adminUrl }: { publicUrl: string; adminUrl: string }): Ory {
  async function submit(flow: "registration" | "login", body: unknown): Promise<Visit> {
    const created = await fetch(`${publicUrl}/self-service/${flow}/api`);
    const { ui } = await created.json();
    const init = { method: "POST", headers: JSON_TYPE, body: JSON.stringify(body) };
    const response = await fetch(ui.action, init);
    const answer = await response.json();
    const texts = toTexts(answer.ui?.messages);
    const reason = answer.error?.message ?? answer.error?.reason;
    return {
      status: response.status,
      messages: reason === undefined ? texts : [...texts, String(reason)],
      hasSession: typeof answer["session_token"] === "string",
      identityId: answer.identity?.id ?? answer.session?.identity?.id ?? "",
    };
  }

  return {
    register: (email) =>
      submit("registration", { method: "password", password: PASSWORD, traits: { email } }),
    signIn: (email) =>
      submit("login", { method: "password", password: PASSWORD, identifier: email }),

    async recover(identityId) {
      const created = await fetch(`${adminUrl}/admin/recovery/code`, {
        method: "POST",
        headers: JSON_TYPE,
        body: JSON.stringify({ "identity_id": identityId }),
      });
      const { recovery_link: link, recovery_code: code } = await created.json();
      const flow = await readFlow(new URL(link).searchParams.get("flow"));
      // What a browser without scripts sends: a form, and no wish for JSON.
      const response = await fetch(flow.action, {
        method: "POST",
        redirect: "manual",
        headers: { accept: "text/html", cookie: flow.cookie },
        body: new URLSearchParams({ method: "code", code, "csrf_token": flow.csrfToken }),
      });
      await response.body?.cancel();
      const cookies = response.headers.getSetCookie();
      const hasSession = cookies.some((cookie) => cookie.startsWith("ory_kratos_session="));
      const next = new URL(response.headers.get("location") ?? "");
      const messages = hasSession
        ? []
        : (await readFlow(next.searchParams.get("flow"), toCookieHeader(cookies))).messages;
      return { status: response.status, messages, hasSession, identityId };
    },

    async identity(identityId) {
      const response = await fetch(`${adminUrl}/admin/identities/${identityId}`);
      const answer = await response.json();
      if (response.status !== 200) return undefined;
      const metadataPublic = answer["metadata_public"];
      return { id: answer.id, metadataPublic, jumio: Object(Object(metadataPublic).jumio) };
    },

    async find(email) {
      const query = new URLSearchParams({ "credentials_identifier": email });
      const response = await fetch(`${adminUrl}/admin/identities?${query}`);
      const identities: { id: string }[] = await response.json();
      return identities.map(({ id }) => id);
    },

    async patch(identityId, operations) {
      const response = await fetch(`${adminUrl}/admin/identities/${identityId}`, {
        method: "PATCH",
        headers: JSON_TYPE,
        body: JSON.stringify(operations),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`Cannot patch an identity: status ${response.status}`);
    },
  };

  async function readFlow(
    id: string | null,
    cookie = "",
  ): Promise<{ action: string; cookie: string; csrfToken: string; messages: string[] }> {
    const url = `${publicUrl}/self-service/recovery/flows?id=${id}`;
    const response = await fetch(url, { headers: { cookie } });
    const { ui } = await response.json();
    const nodes: { attributes: { name: string; value: string } }[] = ui?.nodes ?? [];
    const csrf = nodes.find(({ attributes }) => attributes.name === "csrf_token");
    return {
      action: ui?.action ?? "",
      cookie: toCookieHeader(response.headers.getSetCookie()),
      csrfToken: csrf?.attributes.value ?? "",
      messages: toTexts(ui?.messages),
    };
  }
}

function toCookieHeader(setCookies: readonly string[]): string {
  return setCookies.map((text) => text.split(";")[0] ?? "").join("; ");
}

function toTexts(messages: { text: string }[] | null | undefined): string[] {
  return (messages ?? []).map(({ text }) => text);
}
