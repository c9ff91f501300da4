// SPDX-License-Identifier: Apache-2.0
import { readForm } from "../../lib/http/form.ts";
import { html } from "../../lib/http/html.ts";
import { answerPage, pageHeaders, type PageSources } from "../../lib/http/page.ts";
import { isLoopback } from "../../lib/http/client_address.ts";
import { isSameOrigin } from "../../lib/http/same_origin.ts";
import {
  createCard,
  toAnnouncementFragment,
  toCallFragment,
  toCardState,
  toCatchUpFragments,
  toNoticeFragment,
  toPersonFragment,
  toRegisterFragment,
  toSwitchesFragment,
} from "./_fragments.ts";
import { FormFields, submitForm } from "./_forms.ts";
import {
  createPageModel,
  findPersonName,
  listPeople,
  type PageModel,
  type PageModelOptions,
  suggestEmail,
} from "./_page_model.ts";
import { viewCall } from "./_view_call.ts";
import {
  type Places,
  viewAnnouncement,
  viewPage,
  viewPageNotice,
  viewRegister,
  viewSwitches,
} from "./_view_page.ts";
import { createEvents, type Events } from "./events.ts";
import type { Notice, TimedNotice } from "./notice.ts";
import { findIdentity, readVerification } from "./people.ts";
import type { VisitorActions } from "./visitor_actions.ts";

/** The page that drives both simulators and shows the calls between the parties. */
export interface SandboxPage {
  readonly fetch: (request: Request) => Promise<Response>;
}

/** The page loads nothing except its own files, and has nothing inline. */
const SOURCES: PageSources = {
  script: ["'self'"],
  style: ["'self'"],
  image: ["'self'"],
  connect: ["'self'"],
  form: ["'self'"],
};

const ASSET_TYPES: Readonly<Record<string, string>> = {
  "/style.css": "text/css; charset=utf-8",
  "/page.js": "text/javascript; charset=utf-8",
  "/update.js": "text/javascript; charset=utf-8",
  "/icon.svg": "image/svg+xml",
};

/** Creates the page. Its forms work without a script; with one, the page updates by itself. */
export function createSandboxPage(
  { actions, places, readFile, ...options }: PageModelOptions & {
    actions: VisitorActions;
    places: Places;
    /** Reads a file of `sandbox/page/assets/`. */
    readFile: (name: string) => Promise<Uint8Array<ArrayBuffer>>;
  },
): SandboxPage {
  const { observer, switches, service } = options;
  const model = createPageModel({ ...options, places });
  const events = createEvents();
  observer.subscribe((call) => {
    model.progress.note(call);
    events.send(toCallFragment(model, call));
    sendPeople(model, events);
  });

  async function post(request: Request, path: string): Promise<Response> {
    const form = await readForm(request, { schema: FormFields });
    if (!form.ok) return new Response("Bad request", { status: 400 });
    if (model.notice !== undefined) showNotice(model, events, undefined);
    const fields = form.value;
    const languages = request.headers.get("accept-language") ?? undefined;
    const notice = await submitForm(path, { fields, languages, actions, switches, service });
    if (notice === undefined) return new Response("Not found", { status: 404 });
    showResult(model, events, { email: fields.email, notice });
    return new Response(null, { status: 303, headers: { location: toLocation(model, fields) } });
  }

  return {
    async fetch(request) {
      const url = new URL(request.url);
      // DNS rebinding: a foreign name that resolves to this machine must not read the page.
      if (!isLoopback(url)) return new Response("Forbidden", { status: 403 });
      const { pathname } = url;
      if (request.method === "POST") {
        return isSameOrigin(request, { origin: url.origin })
          ? await post(request, pathname)
          : new Response("Forbidden", { status: 403 });
      }
      if (request.method !== "GET") return new Response("Not found", { status: 404 });
      if (pathname === "/") {
        const openId = url.searchParams.get("person") ?? undefined;
        return await answerSandboxPage(model, { places, openId });
      }
      if (pathname === "/events") return events.connect(() => toCatchUpFragments(model));
      const type = ASSET_TYPES[pathname];
      if (type === undefined) return new Response("Not found", { status: 404 });
      const headers = { ...pageHeaders({}), "content-type": type };
      return new Response(await readFile(pathname.slice(1)), { headers });
    },
  };
}

/** Where a browser without a script continues: at the person for whom it has just done something. */
function toLocation(model: PageModel, { email }: FormFields): string {
  const id = findIdentity(model, email)?.id;
  return id === undefined ? "/" : `/?person=${id}#person-${id}`;
}

async function answerSandboxPage(
  model: PageModel,
  { places, openId }: { places: Places; openId: string | undefined },
): Promise<Response> {
  return await answerPage({
    title: "Ory and Jumio, a sandbox",
    head: html`<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/style.css">
<script type="module" src="/page.js"></script>`,
    sources: SOURCES,
    body: viewPage({
      notice: viewPageNotice(model.notice, model.now()),
      announcement: viewAnnouncement(model.announcement),
      register: viewRegister(suggestEmail(model)),
      people: listPeople(model).map((identity) => createCard(model, identity, openId)),
      switches: viewSwitches(model.switches),
      calls: model.calls.map((call) => viewCall(call, findPersonName(model, call))).reverse(),
      places,
    }),
  });
}

/** Shows the result of an action: on the person's card, or above the page if there is no card. */
function showResult(
  model: PageModel,
  events: Events,
  { email, notice }: { email: string; notice: Notice },
): void {
  const identity = findIdentity(model, email);
  const at = model.now();
  model.personNotices.set(email, { ...notice, at });
  const text = email === "" ? notice.text : `${email}: ${notice.text}`;
  if (identity === undefined) showNotice(model, events, { ...notice, text, at });
  else announce(model, events, text);
  sendPeople(model, events);
  events.send(toRegisterFragment(model));
  events.send(toSwitchesFragment(model));
}

/** Shows a notice until the next action begins. */
function showNotice(model: PageModel, events: Events, notice: TimedNotice | undefined): void {
  model.notice = notice;
  events.send(toNoticeFragment(model));
}

/** Tells screen readers about a change elsewhere on the page. */
function announce(model: PageModel, events: Events, text: string): void {
  model.announcement = text;
  events.send(toAnnouncementFragment(model));
}

/** Sends the cards that show something else than before. */
function sendPeople(model: PageModel, events: Events): void {
  for (const { identity, before } of model.changes.update()) {
    const { status } = readVerification(identity);
    if (before !== undefined && readVerification(before).status !== status) {
      announce(model, events, `${identity.traits.email} is now ${status}`);
    }
    if (before === undefined) events.send(toRegisterFragment(model));
  }
  for (const identity of model.kratos.identities.values()) {
    const state = toCardState(model, identity);
    if (model.cardStates.get(identity.id) === state) continue;
    model.cardStates.set(identity.id, state);
    events.send(toPersonFragment(model, identity));
  }
}
