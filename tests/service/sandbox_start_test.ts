// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { getFreePort, waitUntil } from "../../sandbox/processes/loopback.ts";
import {
  getFreePorts,
  type SandboxProcess,
  spawnSandbox,
  startSandbox,
} from "../support/sandbox_process.ts";

const ROOT = new URL("../../", import.meta.url);

/** Files and folders that `deno task dev` does not need. */
const LEFT_OUT = /^(\..*|bench|coverage|data|docs|node_modules|screenshots|tests)$/;

interface Line {
  readonly level: string;
  readonly message: string;
}

/** Waits until the process has ended. It prints JSON lines, because its output is no terminal. */
async function readToEnd(sandbox: Deno.ChildProcess): Promise<{ code: number; lines: Line[] }> {
  const output = await new Response(sandbox.stdout).text();
  const { code } = await sandbox.status;
  return { code, lines: output.trim().split("\n").map((line) => JSON.parse(line)) };
}

/** Copies the repository, so that a test can add a `.env`. */
async function copyRepository(env: string): Promise<URL> {
  const folder = await Deno.makeTempDir();
  const root = new URL(`file://${folder}/`);
  for await (const { name } of Deno.readDir(ROOT)) {
    if (!LEFT_OUT.test(name)) await copy(new URL(name, ROOT), new URL(name, root));
  }
  await Deno.writeTextFile(new URL(".env", root), env);
  return root;
}

async function copy(from: URL, to: URL): Promise<void> {
  if ((await Deno.stat(from)).isFile) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) {
    await copy(new URL(`${from}/${name}`), new URL(`${to}/${name}`));
  }
}

const PARTS = ["the page", "the public address", "Jumio", "Kratos", "the app", "the service"];

for (const [offset, part] of PARTS.entries()) {
  Deno.test(`deno task dev says how to choose other ports if the port of ${part} is in use`, async () => {
    const port = getFreePorts();
    using _listener = Deno.listen({ hostname: "127.0.0.1", port: port + offset });

    const { code, lines } = await readToEnd(spawnSandbox({ port }));

    assert.equal(code, 1);
    assert.equal(lines.length, 1);
    assert.equal(lines[0]?.level, "error");
    const pattern = /^Port (\d+) is in use.*PORT=4000 deno task dev$/;
    assert.equal(Number(pattern.exec(lines[0]?.message ?? "")?.[1]), port + offset);
  });
}

Deno.test("deno task dev explains PORT if its value is not a port", async () => {
  const { code, lines } = await readToEnd(spawnSandbox({ port: "none" }));

  assert.equal(code, 1);
  assert.match(lines[0]?.message ?? "", /^PORT must be a whole number .*PORT=4000 deno task dev$/);
});

Deno.test("deno task dev names every problem of a .env, and the command for the sandbox", async () => {
  const root = await copyRepository(
    "ORY_WEBHOOK_SECRET=secret-that-nobody-may-see\nKRATOS_ADMIN_URL=x\n",
  );

  const sandbox = spawnSandbox({ port: getFreePort(), root, args: [] });
  const { code, lines } = await readToEnd(sandbox);
  await Deno.remove(root, { recursive: true });

  assert.equal(code, 1);
  const [found, wrong, cure] = lines.map(({ message }) => message);
  assert.match(found ?? "", /^Found \.env: /);
  assert.match(wrong ?? "", /KRATOS_ADMIN_URL must be/);
  assert.match(wrong ?? "", /JUMIO_CLIENT_ID/);
  assert.match(cure ?? "", /^The service has stopped.*\.env\.example.*deno task dev --simulators$/);
  assert(!JSON.stringify(lines).includes("secret-that-nobody-may-see"));
});

Deno.test("deno task dev keeps its people while a second one starts and stops in the same folder", async () => {
  await using first = await startSandbox();
  await submit(first, "/register", { email: "ada@example.com" });
  await waitUntil("the person is recorded", async () => (await listPeople(first)).length === 1);
  const before = await listPeople(first);

  const second = await startSandbox();
  await second.stop();
  const restarted = await submit(first, "/restart", {});

  assert.match(restarted, /The bridge was killed, and is back/);
  assert.deepEqual(await listPeople(first), before);
});

Deno.test("deno task dev leaves no file when it stops", async () => {
  const sandbox = await startSandbox();
  const { port } = new URL(sandbox.pageUrl);

  await sandbox.stop();

  const names = Array.fromAsync(Deno.readDir(new URL("data/", ROOT)), ({ name }) => name);
  assert.deepEqual((await names).filter((name) => name.includes(port)), []);
});

/** Submits a form of the sandbox's page. */
async function submit(
  { pageUrl }: SandboxProcess,
  path: string,
  form: Record<string, string>,
): Promise<string> {
  const init = {
    method: "POST",
    headers: { origin: pageUrl },
    body: new URLSearchParams(form),
  };
  return await (await fetch(pageUrl + path, init)).text();
}

/** The ids of the identities that the service has a record of. */
async function listPeople({ serviceUrl }: SandboxProcess): Promise<string[]> {
  const headers = { authorization: "Bearer only-for-the-sandbox-on-this-machine" };
  const answer = await fetch(`${serviceUrl}/operator/verifications`, { headers });
  const { verifications } = await answer.json();
  return verifications.map((verification: { identity_id: string }) => verification.identity_id);
}
