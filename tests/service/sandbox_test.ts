import assert from "node:assert/strict";
import { waitUntil } from "../support/loopback.ts";
import { spawnSandbox, startSandbox } from "../support/sandbox_process.ts";

Deno.test("deno task dev carries a person to a refused, and another to an allowed sign-in", async () => {
  await using sandbox = await startSandbox();
  const page = sandbox.pageUrl;
  const submit = async (path: string, form: Record<string, string>) => {
    const response = await fetch(page + path, { method: "POST", body: new URLSearchParams(form) });
    return await response.text();
  };
  const seen = async (text: string) => (await (await fetch(page)).text()).includes(text);

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
    async () => (await submit("/finish", { ...ada, outcome: "passed" })).includes("Jumio: passed"),
  );
  await waitUntil("the verdict is on the identity", () => seen("&quot;verified&quot;"));
  const allowed = await submit("/sign-in", ada);

  assert.match(refused, /Refused: Your identity could not be verified/);
  assert.match(recovered, /Refused: Your identity could not be verified/);
  assert.match(allowed, /Signed in/);
  assert.match(await sandbox.stop(), new RegExp(`Open ${page} in a browser`));
});

Deno.test("deno task dev says how to choose another port when one is taken", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });

  const sandbox = spawnSandbox(listener.addr.port);
  const output = await new Response(sandbox.stdout).text();
  const { code } = await sandbox.status;

  assert.equal(code, 1);
  assert.match(output, /Port \d+ is in use.*PORT=4000 deno task dev/);
});
