import assert from "node:assert/strict";
import { createSimulators } from "../../tests/support/simulators.ts";
import { createActs } from "./acts.ts";
import { createObserver } from "./observer.ts";
import { createSandboxPage } from "./page.ts";

const ADA = { email: "ada@example.com" };
const ORIGIN = "http://localhost";

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
    acts: createActs({ jumio, kratos, observer, serviceUrl: ORIGIN, fetch, delay }),
    switches: [{
      name: "jumio",
      label: "Jumio",
      options: [{ value: "up", label: "works" }, { value: "down", label: "is down" }],
      read: () => value,
      set: (next) => void (value = next),
    }],
    service: {
      isKilled: () => false,
      kill: nothing,
      start: nothing,
      stop: nothing,
      ended: new Promise<never>(() => {}),
    },
    readFile: () => Promise.resolve(new Uint8Array()),
  });
  return {
    /** Somebody calls somebody, after which the page looks at the people. */
    look: () => observer.fetch({ from: "bridge", to: "ory" }, fetch)("http://kratos"),
    identities: kratos.identities,
    async submit(path: string, form: Record<string, string>): Promise<number> {
      const init = { method: "POST", body: new URLSearchParams(form) };
      return (await page.fetch(new Request(ORIGIN + path, init))).status;
    },
    async readNotices(): Promise<(string | undefined)[]> {
      const html = await (await page.fetch(new Request(ORIGIN))).text();
      return ["notice", "said"].map((id) =>
        new RegExp(`<p id="${id}".*?>(.*?)</p>`).exec(html)?.[1]
      );
    },
  };
}

Deno.test("createSandboxPage() shows what came of an act until the next one, whatever is said", async () => {
  const { submit, readNotices, identities, look } = create();
  await submit("/register", ADA);

  const status = await submit("/switch", { jumio: "down" });
  for (const identity of identities.values()) {
    identity["metadata_public"] = { jumio: { status: "pending" } };
  }
  await look();
  const meanwhile = await readNotices();
  await submit("/sign-in", ADA);

  assert.equal(status, 303);
  assert.deepEqual(meanwhile, ["Jumio is down", "ada@example.com is now pending"]);
  assert.deepEqual(await readNotices(), ["", "ada@example.com: Signed in"]);
});

Deno.test("createSandboxPage() does not let the end of an earlier act take away what is shown", async () => {
  const { submit, readNotices } = create();

  await Promise.all([submit("/register", ADA), submit("/switch", { jumio: "down" })]);

  assert.deepEqual(await readNotices(), ["Jumio is down", "ada@example.com: Registered"]);
});
