import assert from "node:assert/strict";
import { waitUntil } from "../support/loopback.ts";

const ROOT = new URL("../../", import.meta.url);

/** The sandbox needs this many ports in a row. */
const PORTS = 4;

/** The first of four free ports in a row. */
function getFreePorts(): number {
  for (let attempt = 0; attempt < 100; attempt++) {
    const listeners: Deno.Listener[] = [];
    try {
      const first = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      listeners.push(first);
      for (let offset = 1; offset < PORTS; offset++) {
        listeners.push(Deno.listen({ hostname: "127.0.0.1", port: first.addr.port + offset }));
      }
      return first.addr.port;
    } catch {
      // One of them is taken: somewhere else there will be four.
    } finally {
      for (const listener of listeners) listener.close();
    }
  }
  throw new Error("Cannot find four free ports in a row");
}

function startSandbox(port: number): Deno.ChildProcess {
  const env = { "PORT": String(port), "DENO_NO_PROMPT": "1", "DENO_NO_UPDATE_CHECK": "1" };
  // A developer's own .env must not make this a test against the real ones.
  const args = ["task", "dev", "--simulators"];
  const options = { args, cwd: ROOT, env, stderr: "null" as const };
  return new Deno.Command(Deno.execPath(), { ...options, stdout: "piped" }).spawn();
}

Deno.test("deno task dev carries a person to a refused, and another to an allowed sign-in", async () => {
  const port = getFreePorts();
  const page = `http://127.0.0.1:${port}`;
  const sandbox = startSandbox(port);
  const output = new Response(sandbox.stdout).text();
  const submit = async (path: string, form: Record<string, string>) => {
    const response = await fetch(page + path, { method: "POST", body: new URLSearchParams(form) });
    return await response.text();
  };
  const seen = async (text: string) => (await (await fetch(page)).text()).includes(text);

  try {
    await waitUntil("the sandbox listens", () => seen("a sandbox"));
    await waitUntil("the service listens", async () => {
      const health = await fetch(`http://127.0.0.1:${port + 1}/health`);
      await health.body?.cancel();
      return health.ok;
    });
    const eve = { email: "eve@example.com" };
    const ada = { email: "ada@example.com" };
    await submit("/register", eve);
    await submit("/finish", { ...eve, outcome: "rejected" });
    await waitUntil("the verdict is on the identity", () => seen("&quot;rejected&quot;"));
    const refused = await submit("/sign-in", eve);
    const recovered = await submit("/recover", eve);
    await submit("/register", ada);
    await waitUntil(
      "the execution is started",
      async () =>
        (await submit("/finish", { ...ada, outcome: "passed" })).includes("Jumio: passed"),
    );
    await waitUntil("the verdict is on the identity", () => seen("&quot;verified&quot;"));
    const allowed = await submit("/sign-in", ada);

    assert.match(refused, /Refused: Your identity could not be verified/);
    assert.match(recovered, /Refused: Your identity could not be verified/);
    assert.match(allowed, /Signed in/);
  } finally {
    sandbox.kill("SIGTERM");
    await sandbox.status;
  }
  assert.match(await output, new RegExp(`Open ${page} in a browser`));
});

Deno.test("deno task dev says how to choose another port when one is taken", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });

  const sandbox = startSandbox(listener.addr.port);
  const output = await new Response(sandbox.stdout).text();
  const { code } = await sandbox.status;

  assert.equal(code, 1);
  assert.match(output, /Port \d+ is in use.*PORT=4000 deno task dev/);
});
