// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

const ENV = {
  "ORY_WEBHOOK_SECRET": "hook-secret-hook-secret-hook-secret",
  "KRATOS_ADMIN_URL": "http://127.0.0.1:1",
  "JUMIO_AUTH_URL": "http://127.0.0.1:1/oauth2/token",
  "JUMIO_API_BASE_URL": "http://127.0.0.1:1/api/v1",
  "JUMIO_CLIENT_ID": "client",
  "JUMIO_CLIENT_SECRET": "client-secret",
  "KV_PATH": ":memory:",
  "PORT": "0",
};

/**
 * Runs in the process before the module that is tested, and in the same turn of the event loop as
 * long as nothing is awaited. The microtask runs at the first await of any module.
 */
const RECORDER = `
const jobs = [];
let isAwaited = false;
queueMicrotask(() => isAwaited = true);
Object.defineProperty(Deno, "cron", {
  value(name) {
    jobs.push({ name, isAwaited });
    return Promise.resolve();
  },
});
setTimeout(() => { console.error(JSON.stringify(jobs)); Deno.exit(0); }, 100);
`;

/** The cron jobs that a module registers, and whether something was awaited before. */
async function recordCronJobs(module: string): Promise<{ name: string; isAwaited: boolean }[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-P=start", "--ext=js", "-"],
    cwd: ROOT,
    env: { ...ENV, "DENO_NO_PROMPT": "1" },
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const source = `import ${toDataUrl(RECORDER)}; import ${module};`;
  await new Blob([source]).stream().pipeTo(child.stdin);
  const { stderr } = await child.output();
  return JSON.parse(new TextDecoder().decode(stderr));
}

function toDataUrl(source: string): string {
  return JSON.stringify(`data:text/javascript,${encodeURIComponent(source)}`);
}

Deno.test("main.ts registers its cron jobs before anything is awaited, which Deno Deploy needs", async () => {
  assert.deepEqual(await recordCronJobs('"./main.ts"'), [
    { name: "drain jobs", isAwaited: false },
    { name: "forget old counts", isAwaited: false },
    { name: "plan the sweep", isAwaited: false },
  ]);
});

Deno.test("the check of cron jobs notices an await in the module", async () => {
  const module = toDataUrl('await null; Deno.cron("late", "* * * * *", () => {});');

  assert.deepEqual(await recordCronJobs(module), [{ name: "late", isAwaited: true }]);
});

Deno.test("the check of cron jobs notices an await in a module that is imported", async () => {
  const imported = toDataUrl("await null;");
  const module = toDataUrl(`import ${imported}; Deno.cron("late", "* * * * *", () => {});`);

  assert.deepEqual(await recordCronJobs(module), [{ name: "late", isAwaited: true }]);
});
