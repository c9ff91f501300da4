import { type JumioSimulator, type Outcome, OUTCOMES } from "./jumio.ts";
import type { KratosSimulator } from "./kratos.ts";

/** The page that drives both simulators. Everything on it is a plain form. */
export interface SandboxPage {
  readonly fetch: (request: Request) => Promise<Response>;
}

/** All persons of the sandbox have the same password. */
const PASSWORD = "Correct-horse-9-battery";

const LABELS: Readonly<Record<Outcome, string>> = {
  "passed": "passed",
  "warning": "warning",
  "rejected": "rejected",
  "inconclusive": "inconclusive",
  "abandoned": "left unfinished",
  "link_expired": "link expired",
};

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 0 auto; padding: 1rem }
section { border: 1px solid; border-radius: .5rem; padding: 0 1rem; margin: 1rem 0 }
form { display: inline-block; margin: .25rem .5rem .25rem 0 }
button, input, select { font: inherit; padding: .25rem .5rem }
pre { overflow-x: auto }
`;

/** Creates the page. It is a client of Kratos's public API, as an app's own pages would be. */
export function createSandboxPage(
  { jumio, kratos }: { jumio: JumioSimulator; kratos: KratosSimulator },
): SandboxPage {
  const messages = new Map<string, string>();

  async function submit(flow: "registration" | "login", body: unknown): Promise<Response> {
    const created = await kratos.fetch(new Request(`http://kratos/self-service/${flow}/api`));
    const { ui } = await created.json();
    const headers = { "content-type": "application/json" };
    return await kratos.fetch(
      new Request(ui.action, { method: "POST", headers, body: JSON.stringify(body) }),
    );
  }

  async function register(email: string): Promise<string> {
    const body = { method: "password", password: PASSWORD, traits: { email } };
    return tell(await submit("registration", body), "Registered");
  }

  async function signIn(email: string): Promise<string> {
    const body = { method: "password", password: PASSWORD, identifier: email };
    return tell(await submit("login", body), "Signed in");
  }

  async function recover(email: string): Promise<string> {
    const created = await kratos.fetch(
      new Request("http://kratos/admin/recovery/code", {
        method: "POST",
        body: JSON.stringify({ "identity_id": identityOf(email)?.id ?? "" }),
      }),
    );
    const { recovery_link: link, recovery_code: code } = await created.json();
    const flow = new URL(link).searchParams.get("flow");
    const form = new URLSearchParams({ method: "code", code });
    const answer = await kratos.fetch(
      new Request(`http://kratos/self-service/recovery?flow=${flow}`, {
        method: "POST",
        body: form,
      }),
    );
    if (answer.headers.has("set-cookie")) return "Got in by recovery";
    const next = new URL(answer.headers.get("location") ?? "").searchParams.get("flow");
    const read = `http://kratos/self-service/recovery/flows?id=${next}`;
    return tell(await kratos.fetch(new Request(read)), "Refused without a text");
  }

  async function finish(email: string, outcome: FormDataEntryValue | null): Promise<string> {
    const execution = executionOf(email);
    const known = OUTCOMES.find((name) => name === outcome);
    if (execution === undefined || known === undefined) return "There is nothing to finish";
    if (execution.completedAt !== undefined) return "This execution has ended already";
    const deliveries = await jumio.finish(execution.id, known);
    const told = deliveries.map(({ status }) => status).join(", ");
    return `Jumio: ${LABELS[known]}; its callback was answered with ${told}`;
  }

  function identityOf(email: string) {
    return [...kratos.identities.values()].find(({ traits }) => traits.email === email);
  }

  function executionOf(email: string) {
    const id = identityOf(email)?.id;
    return jumio.executions.findLast(({ userReference }) => userReference === id);
  }

  async function act(path: string, form: FormData): Promise<string | undefined> {
    const email = String(form.get("email") ?? "");
    switch (path) {
      case "/register":
        return await register(email);
      case "/finish":
        return await finish(email, form.get("outcome"));
      case "/sign-in":
        return await signIn(email);
      case "/recover":
        return await recover(email);
      default:
        return undefined;
    }
  }

  function render(): string {
    const people = [...kratos.identities.values()].reverse().map(({ traits, ...identity }) => {
      const metadata = identity["metadata_public"];
      const url = String(Object(Object(metadata).jumio)["verification_url"] ?? "");
      const link = url === "" ? "" : `<p><a href="${escapeHtml(url)}">The person's link</a></p>`;
      const options = OUTCOMES.map((name) => `<option value="${name}">${LABELS[name]}</option>`);
      const email = `<input type="hidden" name="email" value="${escapeHtml(traits.email)}">`;
      return `<section aria-label="${escapeHtml(traits.email)}">
<h2>${escapeHtml(traits.email)}</h2>
<p role="status">${escapeHtml(messages.get(traits.email) ?? "")}</p>
${link}
<form method="post" action="/finish">${email}
<label>Jumio's outcome <select name="outcome">${options.join("")}</select></label>
<button>Finish</button></form>
<form method="post" action="/sign-in">${email}<button>Sign in</button></form>
<form method="post" action="/recover">${email}<button>Recover</button></form>
<pre>${escapeHtml(JSON.stringify({ ...identity, traits }, null, 2))}</pre>
</section>`;
    });
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Ory and Jumio, a sandbox</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Ory and Jumio, a sandbox</h1>
<p>Register a person, go the person's way to the pretend Jumio or choose its outcome here, then sign
in. <a href="/">Reload</a> to see what has changed.</p>
<form method="post" action="/register">
<label>E-mail <input name="email" type="email" required value="ada${
      kratos.identities.size + 1
    }@example.com"></label>
<button>Register</button></form>
${people.join("\n")}
</main>
</body>
</html>
`;
  }

  return {
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (request.method === "GET" && pathname === "/") {
        return new Response(render(), { headers: { "content-type": "text/html; charset=utf-8" } });
      }
      if (request.method !== "POST") return new Response("Not found", { status: 404 });
      // Another site's page must not drive the sandbox of whoever visits it.
      const site = request.headers.get("sec-fetch-site");
      if (site !== null && site !== "same-origin") {
        return new Response("Forbidden", { status: 403 });
      }
      const form = await request.formData();
      const message = await act(pathname, form);
      if (message === undefined) return new Response("Not found", { status: 404 });
      messages.set(String(form.get("email")), message);
      return new Response(null, { status: 303, headers: { location: "/" } });
    },
  };
}

/** What the person at an app's form would read. */
async function tell(answer: Response, success: string): Promise<string> {
  const { ui, error } = await answer.json();
  const texts: { text: string }[] = ui?.messages ?? [];
  if (texts.length > 0) return `Refused: ${texts.map(({ text }) => text).join(" ")}`;
  return answer.ok ? success : `Failed: ${error?.message ?? answer.status}`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
