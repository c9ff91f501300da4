// SPDX-License-Identifier: Apache-2.0
/**
 * A small application. People sign up and sign in at Ory, and one page is for verified people only.
 * Everybody else sees the link to their verification. README.md says how to start it. @module
 */

import { Webhook } from "standardwebhooks";
import {
  html,
  isStatus,
  type PageView,
  type Person,
  viewBanner,
  viewForm,
  viewPage,
} from "./views.ts";
import script from "./live.js" with { type: "text" };
import style from "./style.css" with { type: "text" };

/** What the application needs to know. */
export interface AppOptions {
  /** Ory's public API, without a slash at the end. */
  readonly oryUrl: string;
  /** What signs the events. */
  readonly eventsSecrets: readonly string[];
  readonly fetch?: typeof globalThis.fetch;
}

interface App extends Required<AppOptions> {
  /** The newest event of each identity. A real application keeps it in its database. */
  readonly newest: Map<string, { readonly sequence: number; readonly status: string }>;
  /** Tells open pages about a new status. The type of an event is the id of the identity. */
  readonly changes: EventTarget;
}

const ORY_DEADLINE_MS = 5_000;
const MAX_EVENT_BYTES = 64 * 1024;

/** Creates the application as a handler of requests. */
export function createApp(options: AppOptions): (request: Request) => Promise<Response> {
  const app = { fetch, ...options, newest: new Map(), changes: new EventTarget() };
  return async (request) => {
    try {
      return await answer(app, request);
    } catch (error) {
      // deno-lint-ignore no-console -- a real application has a logger
      console.error("Cannot answer", error);
      // Also if Ory does not answer. Then nobody knows who is verified.
      return showPage(app, { status: 503, title: "Please try again in a minute" });
    }
  };
}

async function answer(app: App, request: Request): Promise<Response> {
  switch (`${request.method} ${new URL(request.url).pathname}`) {
    case "GET /":
      return showHome(app, await readPerson(app, request));
    case "GET /members":
      return showMembers(app, await readPerson(app, request));
    case "GET /registration":
      return await showForm(app, request, { flow: "registration", title: "Sign up" });
    case "GET /login":
      return await showForm(app, request, { flow: "login", title: "Sign in" });
    case "GET /error":
      return showPage(app, { title: "That did not work. Please try again" });
    case "POST /logout":
      return await logOut(app, request);
    case "GET /live":
      return followStatus(app, await readPerson(app, request));
    case "POST /events":
      return await receiveEvent(app, request);
    case "GET /live.js":
      return new Response(script, { headers: { "content-type": "text/javascript" } });
    case "GET /style.css":
      return new Response(style, { headers: { "content-type": "text/css" } });
  }
  return showPage(app, { status: 404, title: "There is no such page" });
}

/** Asks Ory who this is. Asks for each request, because a status can change at any time. */
async function readPerson(app: App, request: Request): Promise<Person | undefined> {
  const response = await askOry(app, request, "/sessions/whoami");
  if ([401, 403].includes(response.status)) return undefined;
  if (!response.ok) throw new Error(`Cannot read the session: status ${response.status}`);
  const { id, traits, metadata_public: metadata } = (await response.json()).identity;
  // Anything can be missing. Then nobody is verified.
  const { status, detail, verification_url: link } = Object(Object(metadata).jumio);
  return {
    id,
    email: Object(traits).email ?? id,
    status: isStatus(status) ? status : "none",
    detail,
    link: /^https?:/.test(link) ? link : undefined,
  };
}

/** Calls Ory as the browser that is here: with its cookies. */
async function askOry(app: App, { headers }: Request, path: string): Promise<Response> {
  return await app.fetch(`${app.oryUrl}${path}`, {
    headers: { accept: "application/json", cookie: headers.get("cookie") ?? "" },
    redirect: "manual",
    signal: AbortSignal.timeout(ORY_DEADLINE_MS),
  });
}

function showHome(app: App, person: Person | undefined): Response {
  const body = person === undefined
    ? html`<p><a class="button" href="/registration">Sign up</a> or <a href="/login">sign in</a></p>`
    : html`${viewBanner(person)}<p><a href="/members">The members’ area</a></p>`;
  return showPage(app, { title: "Welcome", person, body });
}

/** The page that only verified people may see. */
function showMembers(app: App, person: Person | undefined): Response {
  if (person === undefined) return redirect("/login");
  if (person.status === "verified") {
    const body = html`<p>Only verified people can read this.</p>`;
    return showPage(app, { title: "The members’ area", person, body });
  }
  const title = "The members’ area is closed";
  return showPage(app, { status: 403, title, person, body: viewBanner(person) });
}

/** Shows a form of Ory. The browser sends it to Ory, with the CSRF token that is in the form. */
async function showForm(
  app: App,
  request: Request,
  { flow, title }: { flow: "login" | "registration"; title: string },
): Promise<Response> {
  const start = `${app.oryUrl}/self-service/${flow}/browser`;
  const id = new URL(request.url).searchParams.get("flow");
  // Ory creates the form, and leads back here with its id.
  if (id === null) return redirect(start);
  const path = `/self-service/${flow}/flows?id=${encodeURIComponent(id)}`;
  const response = await askOry(app, request, path);
  if (!response.ok) {
    const body = html`<p>Please allow cookies, and <a href="${start}">open it again</a>.</p>`;
    return showPage(app, { status: 400, title: "This form is too old", body });
  }
  const { ui } = await response.json();
  return showPage(app, { title, body: viewForm(ui) });
}

async function logOut(app: App, request: Request): Promise<Response> {
  // Another site must not sign anybody out.
  if (request.headers.get("sec-fetch-site") !== "same-origin") return redirect("/");
  // The address contains a token, and ends the session of this browser alone.
  const response = await askOry(app, request, "/self-service/logout/browser");
  return redirect(response.ok ? (await response.json())["logout_url"] : "/");
}

/** Server-sent events: the person's status now, and each time it changes. */
function followStatus({ newest, changes }: App, person: Person | undefined): Response {
  if (person === undefined) return new Response(null, { status: 401 });
  const closed = new AbortController();
  const stream = new ReadableStream<string>({
    start(controller) {
      const send = (status: string) => controller.enqueue(`data: ${status}\n\n`);
      send(person.status);
      // An event may have come while Ory was asked.
      const event = newest.get(person.id);
      if (event !== undefined) send(event.status);
      changes.addEventListener(person.id, (change) => {
        if (change instanceof CustomEvent) send(change.detail);
      }, { signal: closed.signal });
    },
    cancel: () => closed.abort(),
  });
  return new Response(stream.pipeThrough(new TextEncoderStream()), {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
  });
}

/** An event in the form of Standard Webhooks. The same one can come twice, and late. */
async function receiveEvent(app: App, request: Request): Promise<Response> {
  const length = Number(request.headers.get("content-length") ?? Infinity);
  if (!(length <= MAX_EVENT_BYTES)) return new Response(null, { status: 413 });
  const body = await request.text();
  const headers = Object.fromEntries(request.headers);
  // Believe nothing before this: anybody can send a request here.
  if (!app.eventsSecrets.some((secret) => isSigned(body, { headers, secret }))) {
    return new Response(null, { status: 401 });
  }
  const event: VerificationEvent = JSON.parse(body);
  if (event.type === "verification.changed") noteStatus(app, event.data);
  return new Response(null, { status: 204 });
}

/** Only the parts of an event that this example uses. */
interface VerificationEvent {
  readonly type: string;
  readonly data: {
    readonly "identity_id": string;
    readonly status: string;
    /** Counts up for each identity. */
    readonly sequence: number;
  };
}

function noteStatus(
  { newest, changes }: App,
  { identity_id: id, status, sequence }: VerificationEvent["data"],
): void {
  if (sequence <= (newest.get(id)?.sequence ?? 0)) return;
  newest.set(id, { sequence, status });
  changes.dispatchEvent(new CustomEvent(id, { detail: status }));
}

function isSigned(
  body: string,
  { headers, secret }: { headers: Record<string, string>; secret: string },
): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

/** Only this site's own script and style run, and forms lead to Ory only. */
function showPage({ oryUrl }: App, view: PageView & { status?: number }): Response {
  const ory = new URL(oryUrl).origin;
  return new Response(viewPage(view), {
    status: view.status ?? 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; " +
        `connect-src 'self'; form-action 'self' ${ory}; base-uri 'none'; frame-ancestors 'none'`,
      "cache-control": "no-store",
      "referrer-policy": "strict-origin",
      "x-content-type-options": "nosniff",
    },
  });
}

function redirect(location: string): Response {
  return new Response(null, { status: 303, headers: { location } });
}

if (import.meta.main) {
  const [oryUrl, secrets] = [Deno.env.get("ORY_URL"), Deno.env.get("EVENTS_SECRET")];
  if (!oryUrl || !secrets) throw new Error("Set ORY_URL and EVENTS_SECRET, see README.md");
  const app = createApp({
    oryUrl: oryUrl.replace(/\/$/, ""),
    eventsSecrets: secrets.split(" "),
  });
  Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.env.get("PORT") || 3004) }, app);
}
