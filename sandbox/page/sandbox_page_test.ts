import assert from "node:assert/strict";
import { createSimulators } from "../../tests/support/simulators.ts";
import { createObserver } from "./observer.ts";
import { createSandboxPage } from "./sandbox_page.ts";
import { createVisitorActions } from "./visitor_actions.ts";

const ADA = { email: "ada@example.com" };
const ORIGIN = "http://localhost";

const SERVICE = { publicUrl: ORIGIN, operatorSecret: "operator" };

/** A page with one switch, and a service that does nothing. */
function create() {
  const now = () => 0;
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
    /** Makes a call, after which the page compares the identities. */
    makeCall: () => observer.fetch({ from: "bridge", to: "ory" }, fetch)("http://kratos"),
    identities: kratos.identities,
    async submit(path: string, form: Record<string, string>): Promise<number> {
      return (await send(path, { origin: ORIGIN }, form)).status;
    },
    send,
    fetch: page.fetch,
    async readNotices(): Promise<(string | undefined)[]> {
      const html = await (await page.fetch(new Request(ORIGIN))).text();
      return ["notice", "announcement"].map((id) =>
        new RegExp(`<p id="${id}".*?>(.*?)</p>`).exec(html)?.[1]
      );
    },
  };
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
