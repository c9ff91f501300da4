// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createSimulators } from "../../tests/support/simulators.ts";
import { formatClock } from "./clock.ts";
import { createObserver } from "./observer.ts";
import { createSandboxPage } from "./sandbox_page.ts";
import { createVisitorActions } from "./visitor_actions.ts";

const ADA = { email: "ada@example.com" };
const ORIGIN = "http://localhost";

const SERVICE = { publicUrl: ORIGIN, operatorSecret: "operator" };

/** A page with one switch, and a service that does nothing. */
function create() {
  const clock = { now: 0 };
  const now = () => clock.now;
  const fetch = () => Promise.resolve(new Response(null));
  const { jumio, kratos } = createSimulators({ fetch, now, jumioUrl: ORIGIN });
  const observer = createObserver({ now });
  const delay = () => Promise.resolve();
  const nothing = () => Promise.resolve();
  let value = "up";
  const page = createSandboxPage({
    jumio,
    kratos,
    observer,
    actions: createVisitorActions({ jumio, kratos, observer, ...SERVICE, fetch, delay }),
    switches: [{
      name: "jumio",
      label: "Jumio",
      options: [{ value: "up", label: "works" }, { value: "down", label: "is down" }],
      read: () => value,
      set: (next) => void (value = next),
    }],
    service: {
      env: {},
      set: nothing,
      isKilled: () => false,
      kill: nothing,
      start: nothing,
      stop: nothing,
      ended: new Promise<never>(() => {}),
    },
    reconcileAfterMs: 10_000,
    now: () => clock.now,
    places: {
      appUrl: "http://localhost:3004",
      operator: { url: "http://localhost:3001/operator/", secret: "secret" },
    },
    readFile: () => Promise.resolve(new Uint8Array()),
  });
  const send = (path: string, headers: HeadersInit, form: Record<string, string> = {}) =>
    page.fetch(
      new Request(ORIGIN + path, { method: "POST", headers, body: new URLSearchParams(form) }),
    );
  return {
    clock,
    /** Makes a call, after which the page compares the identities. */
    makeCall: () => observer.fetch({ from: "bridge", to: "ory" }, fetch)("http://kratos"),
    identities: kratos.identities,
    async submit(path: string, form: Record<string, string>): Promise<number> {
      return (await send(path, { origin: ORIGIN }, form)).status;
    },
    send,
    fetch: page.fetch,
    readNotices: async () => findNotices(await (await page.fetch(new Request(ORIGIN))).text()),
  };
}

/** The text above the page without its time, and what screen readers are told. */
function findNotices(html: string): (string | undefined)[] {
  const [, notice = ""] = /<div id="notice">(.*?)<\/div>/s.exec(html) ?? [];
  const [, announcement] = /<p id="announcement">(.*?)<\/p>/.exec(html) ?? [];
  return [notice.replace(/<time>.*<\/time> |<[^>]*>/g, "").trim(), announcement];
}

Deno.test("createSandboxPage() shows the result of an action until the next one, whatever it announces", async () => {
  const { submit, readNotices, identities, makeCall } = create();
  await submit("/register", ADA);

  const status = await submit("/switch", { jumio: "down" });
  for (const identity of identities.values()) {
    identity["metadata_public"] = { jumio: { status: "pending" } };
  }
  await makeCall();
  const meanwhile = await readNotices();
  await submit("/sign-in", ADA);

  assert.equal(status, 303);
  assert.deepEqual(meanwhile, ["Jumio is down", "ada@example.com is now pending"]);
  assert.deepEqual(await readNotices(), ["", "ada@example.com: Signed in"]);
});

Deno.test("createSandboxPage() keeps a notice when an earlier action ends", async () => {
  const { submit, readNotices } = create();

  await Promise.all([submit("/register", ADA), submit("/switch", { jumio: "down" })]);

  assert.deepEqual(await readNotices(), ["Jumio is down", "ada@example.com: Registered"]);
});

Deno.test("createSandboxPage() shows when each action ended, and takes the colour of old notices away", async () => {
  const { submit, fetch, clock } = create();
  const read = async () => {
    const html = await (await fetch(new Request(ORIGIN))).text();
    return [...html.matchAll(/class="notice +(\w+) *(\w*) *"><time>(.*?)<\/time>/g)]
      .map(([, tone, age, time]) => [tone, age, time]);
  };
  await submit("/register", ADA);
  clock.now = 30_000;
  await submit("/switch", { jumio: "down" });

  const fresh = await read();
  clock.now = 30_001;

  const [at0, at30] = [formatClock(0), formatClock(30_000)];
  assert.deepEqual(fresh, [["neutral", "", at30], ["good", "", at0]]);
  assert.deepEqual(await read(), [["neutral", "", at30], ["good", "old", at0]]);
});

Deno.test("createSandboxPage() without a script opens the person acted on, and shows the newest call first", async () => {
  const { send, fetch, identities, submit } = create();
  await submit("/register", ADA);
  await submit("/register", { email: "eve@example.com" });
  const [ada] = identities.keys();

  const answer = await send("/sign-in", { origin: ORIGIN }, ADA);
  const location = answer.headers.get("location") ?? "";
  const html = await (await fetch(new Request(ORIGIN + location))).text();

  assert.equal(location, `/?person=${ada}#person-${ada}`);
  const open = [...html.matchAll(/id="person-([^"]+)" open/g)].map(([, id]) => id);
  assert.deepEqual(open, [ada]);
  const calls = [...html.matchAll(/<li id="call-(\d+)"/g)].map(([, id]) => Number(id));
  assert.deepEqual(calls, calls.toSorted((one, other) => other - one));
  assert(calls.length >= 3);
});

const FOREIGN: readonly [what: string, headers: Record<string, string>][] = [
  ["of another site", { "sec-fetch-site": "cross-site" }],
  ["of a page on another port", { "sec-fetch-site": "same-site" }],
  ["of an old browser on another site", { origin: "https://evil.example" }],
  ["of a sandboxed frame", { origin: "null" }],
];

for (const [what, headers] of FOREIGN) {
  Deno.test(`createSandboxPage() refuses a form ${what}`, async () => {
    const { send, identities } = create();

    const { status } = await send("/register", headers, ADA);

    assert.equal(status, 403);
    assert.equal(identities.size, 0);
  });
}

Deno.test("createSandboxPage() refuses a foreign host name that resolves to this machine", async () => {
  const { fetch, identities } = create();
  const url = "http://evil.example:3000";
  const headers = { origin: url, "sec-fetch-site": "same-origin" };
  const form = { method: "POST", headers, body: new URLSearchParams(ADA) };

  const read = await fetch(new Request(url));
  const submitted = await fetch(new Request(`${url}/register`, form));

  assert.deepEqual([read.status, submitted.status], [403, 403]);
  assert.equal(identities.size, 0);
});

Deno.test("createSandboxPage() loads its own files only", async () => {
  const { fetch } = create();

  const page = await fetch(new Request(ORIGIN));

  assert.equal(page.status, 200);
  assert.equal(
    page.headers.get("content-security-policy"),
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; " +
      "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  );
});

for (
  const [path, form, status] of [["/nothing", ADA, 404], [
    "/finish",
    { outcome: "x" },
    400,
  ]] as const
) {
  Deno.test(`createSandboxPage() answers ${status} to a form that it does not know`, async () => {
    const { submit } = create();

    assert.equal(await submit(path, form), status);
  });
}
