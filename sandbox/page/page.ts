import type { ObservedCall } from "./observed_call.ts";
import { viewCall } from "./_view_call.ts";
import { viewNotice, viewPage, viewRegister, viewSaid, viewSwitches } from "./_view_page.ts";
import { viewPerson } from "./_view_person.ts";
import type { Acts, Notice } from "./acts.ts";
import { createEvents, type Fragment } from "./events.ts";
import type { Markup } from "./markup.ts";
import { readJumio } from "./identity_state.ts";
import { type JumioSimulator, OUTCOMES } from "../simulators/jumio/simulator.ts";
import type { KratosSimulator, SimulatedIdentity } from "../simulators/kratos/simulator.ts";
import type { Observer } from "./observer.ts";
import { isFromElsewhere } from "./same_origin.ts";
import type { ServiceSwitch } from "./service_switch.ts";
import type { FaultSwitch } from "./switches.ts";

/** The page that drives both simulators, and shows what happens between the parties. */
export interface SandboxPage {
  readonly fetch: (request: Request) => Promise<Response>;
}

/** Nothing but what this very page serves, and no script or style within it. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
  "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const FILES: Readonly<Record<string, string>> = {
  "/style.css": "text/css; charset=utf-8",
  "/page.js": "text/javascript; charset=utf-8",
  "/icon.svg": "image/svg+xml",
};

/** Suggested in this order, then with numbers. */
const NAMES = ["ada", "eve", "grace", "alan", "mary", "kurt", "emmy", "john"];

/** Creates the page. Its forms work without a script; with one it changes by itself. */
export function createSandboxPage(
  { jumio, kratos, observer, acts, switches, service, readFile }: {
    jumio: JumioSimulator;
    kratos: KratosSimulator;
    observer: Observer;
    acts: Acts;
    switches: readonly FaultSwitch[];
    service: ServiceSwitch;
    /** Reads a file of `sandbox/page/assets/`. */
    readFile: (name: string) => Promise<Uint8Array<ArrayBuffer>>;
  },
): SandboxPage {
  const events = createEvents();
  const notices = new Map<string, Notice>();
  const seen = new Map<string, { now: SimulatedIdentity; before: SimulatedIdentity | undefined }>();
  let shown: Notice | undefined;
  let said = "";

  observer.subscribe((call) => {
    events.send(toFragment(call));
    lookAtPeople();
  });

  /** Tells of each identity that is new or has changed. */
  function lookAtPeople(): void {
    for (const identity of kratos.identities.values()) {
      const known = seen.get(identity.id);
      if (known !== undefined && JSON.stringify(known.now) === JSON.stringify(identity)) continue;
      seen.set(identity.id, { now: structuredClone(identity), before: known?.now });
      const { status } = readJumio(identity);
      if (known !== undefined && readJumio(known.now).status !== status) {
        say(`${identity.traits.email} is now ${status}`);
      }
      events.send(toPersonFragment(identity));
      if (known === undefined) events.send({ id: "register", html: register().text });
    }
  }

  /** Shows what came of an act until the next one begins, whatever is said meanwhile. */
  function show(notice: Notice | undefined): void {
    shown = notice;
    events.send({ id: "notice", html: viewNotice(shown).text });
  }

  /** Says aloud what is to be seen elsewhere on the page. */
  function say(text: string): void {
    said = text;
    events.send({ id: "said", html: viewSaid(said).text });
  }

  function person(identity: SimulatedIdentity): Markup {
    const newest = [...kratos.identities.keys()].at(-1);
    return viewPerson({
      identity,
      before: seen.get(identity.id)?.before,
      execution: acts.executionOf(identity.traits.email),
      notice: notices.get(identity.traits.email),
      isOpen: identity.id === newest,
    });
  }

  function register(): Markup {
    const taken = kratos.identities.size;
    const name = NAMES.find((free) => acts.identityOf(`${free}@example.com`) === undefined);
    return viewRegister(`${name ?? `person${taken + 1}`}@example.com`);
  }

  function toPersonFragment(identity: SimulatedIdentity): Fragment {
    const id = `person-${identity.id}`;
    return { id, html: person(identity).text, list: "people", at: "start" };
  }

  function toFragment(call: ObservedCall): Fragment {
    const html = viewCall(call, nameOf(call)).text;
    return { id: `call-${call.id}`, html, list: "calls", at: "end" };
  }

  /** Whom a call is about, by the ids in it. */
  function nameOf({ path, request, answer }: ObservedCall): string | undefined {
    const text = `${path} ${request.body} ${answer?.body ?? ""}`;
    const execution = jumio.executions.find(({ id }) => text.includes(id));
    return kratos.identities.values().find(({ id, traits }) =>
      text.includes(id) || text.includes(`"${traits.email}"`) || execution?.userReference === id
    )?.traits.email.replace(/@.*/, "");
  }

  function render(): string {
    return viewPage({
      notice: viewNotice(shown),
      said: viewSaid(said),
      register: register(),
      people: [...kratos.identities.values()].reverse().map(person),
      switches: viewSwitches(switches),
      calls: observer.calls.map((call) => viewCall(call, nameOf(call))),
    }).text;
  }

  async function act(path: string, form: FormData): Promise<Notice | undefined> {
    const email = String(form.get("email") ?? "");
    switch (path) {
      case "/register":
        return await acts.register(email);
      case "/sign-in":
        return await acts.signIn(email);
      case "/recover":
        return await acts.recover(email);
      case "/forge":
        return await acts.forge(email);
      case "/finish": {
        const outcome = OUTCOMES.find((name) => name === form.get("outcome"));
        return outcome && await acts.finish(email, outcome);
      }
      case "/switch":
        return await flip(form);
      case "/restart":
        return await restart();
    }
  }

  async function flip(form: FormData): Promise<Notice> {
    const changed: string[] = [];
    for (const { name, label, options, read, set } of switches) {
      const option = options.find(({ value }) => value === form.get(name));
      if (option === undefined || option.value === read()) continue;
      await set(option.value);
      changed.push(`${label} ${option.label}`);
    }
    return { text: changed.join("; "), tone: "neutral" };
  }

  async function restart(): Promise<Notice> {
    const startedAt = performance.now();
    await service.kill();
    await service.start();
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const text = `The bridge was killed, and is back after ${seconds} s with all that it knew`;
    return { text, tone: "good" };
  }

  async function post(request: Request, pathname: string): Promise<Response> {
    const form = await request.formData();
    if (shown !== undefined) show(undefined);
    const notice = await act(pathname, form);
    if (notice === undefined) return new Response("Not found", { status: 404 });
    const email = String(form.get("email") ?? "");
    const identity = acts.identityOf(email);
    notices.set(email, notice);
    // A person's card shows it. Whom Ory has refused to register has none.
    const text = email === "" ? notice.text : `${email}: ${notice.text}`;
    if (identity === undefined) show({ ...notice, text });
    else say(text);
    lookAtPeople();
    if (identity !== undefined) events.send(toPersonFragment(identity));
    events.send({ id: "switches", html: viewSwitches(switches).text });
    return new Response(null, { status: 303, headers: { location: "/" } });
  }

  /** All that a page may have missed since it was made. */
  function catchUp(): Fragment[] {
    return [
      ...[...kratos.identities.values()].map(toPersonFragment),
      ...observer.calls.map(toFragment),
      { id: "switches", html: viewSwitches(switches).text },
      { id: "notice", html: viewNotice(shown).text },
    ];
  }

  return {
    async fetch(request) {
      if (isFromElsewhere(request)) return new Response("Forbidden", { status: 403 });
      const { pathname } = new URL(request.url);
      if (request.method === "POST") return await post(request, pathname);
      if (request.method !== "GET") return new Response("Not found", { status: 404 });
      if (pathname === "/events") return events.connect(catchUp);
      const type = FILES[pathname];
      if (type === undefined && pathname !== "/") return new Response("Not found", { status: 404 });
      const body = type === undefined ? render() : await readFile(pathname.slice(1));
      return new Response(body, {
        headers: {
          "content-type": type ?? "text/html; charset=utf-8",
          "content-security-policy": POLICY,
          "cache-control": "no-store",
          "referrer-policy": "same-origin",
          "x-content-type-options": "nosniff",
        },
      });
    },
  };
}
