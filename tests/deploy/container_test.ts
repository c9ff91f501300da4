import assert from "node:assert/strict";
import { join } from "node:path";
import { getFreePort, waitUntil } from "../../sandbox/processes/loopback.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** Runs a program, and fails with its messages if the program fails. */
async function run(program: string, options: Deno.CommandOptions): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, options).output();
  assert(success, `${program} ${options.args?.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

/** The values of an instruction of the Containerfile, with continued lines joined. */
function instructions(text: string, name: string): string[] {
  const lines = text.replaceAll("\\\n", " ");
  return [...lines.matchAll(new RegExp(`^${name} (.*)$`, "gm"))].map(([, value = ""]) => value);
}

/**
 * Follows the Containerfile in a folder instead of an image, because the base image is not available
 * everywhere. Returns the folder. Only `data` in it is writable.
 */
async function buildTree(text: string): Promise<{ tree: string; env: Record<string, string> }> {
  const tree = await Deno.makeTempDir({ prefix: "image-" });
  const app = join(tree, "app");
  await Deno.mkdir(join(tree, "bin"));
  await Deno.copyFile(Deno.execPath(), join(tree, "bin", "deno"));
  await Deno.mkdir(app);
  for (const line of instructions(text, "COPY")) {
    const paths = line.split(" ");
    const target = paths.pop() ?? "";
    await run("cp", { args: ["-r", ...paths, join(app, target)], cwd: ROOT });
  }
  const env: Record<string, string> = { "PATH": `${tree}/bin:/usr/bin:/bin` };
  for (const pair of instructions(text, "ENV").flatMap((line) => line.split(" "))) {
    const [name = "", value = ""] = pair.split("=");
    env[name] = value.replace("/app", app);
  }
  for (const command of instructions(text, "RUN")) {
    // Only root can change the owner. Another user runs the service as itself.
    const own = Deno.uid() === 0 ? command : command.replace(/ && chown .*/, "");
    // Adds to the environment of this process, which may name another package registry.
    await run("sh", { args: ["-c", own], cwd: app, env });
  }
  await run("chmod", { args: ["-R", "a-w,a+rX", tree] });
  await run("chmod", { args: ["u+w", join(app, "data")] });
  return { tree, env };
}

/** The packages, or their scopes, of all registries in Deno's cache. */
async function listPackages(cache: string): Promise<string[]> {
  const names: string[] = [];
  for await (const registry of Deno.readDir(cache)) {
    for await (const { name } of Deno.readDir(join(cache, registry.name))) names.push(name);
  }
  return names.sort();
}

/** The command that switches to the user of the Containerfile. Empty if this process is not root. */
function asUser(user: string): string[] {
  const [uid = "", gid = ""] = user.split(":");
  if (Deno.uid() !== 0) return [];
  const noMore = ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"];
  return ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", ...noMore];
}

Deno.test("deploy/Containerfile's command runs as its user, in a folder that it cannot write to", async () => {
  const text = await Deno.readTextFile(join(ROOT, "deploy/Containerfile"));
  const { tree, env } = await buildTree(text);
  const port = getFreePort();
  const user = asUser(instructions(text, "USER")[0] ?? "");
  const settings = {
    ...env,
    "PORT": String(port),
    "ORY_WEBHOOK_SECRET": "hook-secret-hook-secret-hook-secret",
    "KRATOS_ADMIN_URL": "http://127.0.0.1:1",
    "JUMIO_AUTH_URL": "http://127.0.0.1:1/oauth2/token",
    "JUMIO_API_BASE_URL": "http://127.0.0.1:1/api/v1",
    "JUMIO_CLIENT_ID": "client",
    "JUMIO_CLIENT_SECRET": "client-secret",
  };
  const command = (words: readonly string[]) => {
    const [program = "", ...args] = [...user, `${tree}/bin/deno`, ...words];
    return new Deno.Command(program, {
      args,
      cwd: join(tree, "app"),
      env: settings,
      clearEnv: true,
      stdout: "null",
      stderr: "piped",
    });
  };
  const [health = ""] = instructions(text, "HEALTHCHECK");
  const checkHealth = command(JSON.parse(/CMD (.*)/.exec(health)?.[1] ?? "").slice(1));

  const before = await checkHealth.output();
  const service = command(JSON.parse(instructions(text, "CMD")[0] ?? "")).spawn();
  const complaints = new Response(service.stderr).text();
  await waitUntil("the service is ready", async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/ready`);
    await answer.body?.cancel();
    return answer.ok;
  });
  const during = await checkHealth.output();
  const packages = await listPackages(join(tree, "app", ".deno", "npm"));
  service.kill("SIGTERM");
  const { code } = await service.status;
  const kept = await Array.fromAsync(Deno.readDir(join(tree, "app", "data")));

  assert.equal(before.code, 1);
  assert.equal(during.code, 0, new TextDecoder().decode(during.stderr));
  assert.equal(code, 0);
  assert.equal(await complaints, "");
  assert.deepEqual(packages, ["@opentelemetry", "jose", "zod"]);
  assert(kept.some(({ name }) => name === "kv.sqlite3"));
  await run("chmod", { args: ["-R", "u+w", tree] });
  await Deno.remove(tree, { recursive: true });
});
