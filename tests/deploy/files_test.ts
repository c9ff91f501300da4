// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parse } from "yaml";
import { SETTINGS } from "../../lib/config/config.ts";
import { operate } from "../support/operator.ts";

const ROOT = new URL("../../", import.meta.url);

const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));

/** Variables that Deno itself reads. */
const RUNTIME = ["DENO_DIR", "DENO_KV_ACCESS_TOKEN", "DENO_NO_PROMPT", "DENO_NO_UPDATE_CHECK"];

const NGINX = "deploy/nginx.conf";

/** The arguments of Deno in every deployment: the task names the permissions. */
const COMMAND = ["task", "--quiet", "start"];

function assertKnown(names: Iterable<string>): void {
  const known = new Set<string>([...SETTINGS, ...RUNTIME]);
  assert.deepEqual([...names].filter((name) => !known.has(name)), []);
}

/** The values of an instruction of the Containerfile, in order. */
async function instructions(name: string): Promise<string[]> {
  const text = (await read("deploy/Containerfile")).replaceAll("\\\n", " ");
  return [...text.matchAll(new RegExp(`^${name} (.*)$`, "gm"))].map(([, value = ""]) => value);
}

Deno.test("deploy/compose.yaml gives both instances every setting, and none that is unknown", async () => {
  const { services } = parse(await read("deploy/compose.yaml"), { merge: true });
  const own = ["DENO_DEPLOY", "HOST", "PORT"];

  assert.deepEqual(services["bridge-1"], services["bridge-2"]);
  const given = Object.keys(services["bridge-1"].environment);
  assertKnown(given);
  assert.deepEqual(
    SETTINGS.filter((name) => !given.includes(name) && !own.includes(name)),
    ["ORY_API_KEY"],
  );
});

Deno.test("the service has enough file descriptors under compose and systemd, and nginx closes idle connections", async () => {
  const { services } = parse(await read("deploy/compose.yaml"), { merge: true });
  const [unit, nginx] = [await read("deploy/ory-jumio-bridge.service"), await read(NGINX)];

  assert.deepEqual(services["bridge-1"].ulimits, { nofile: 65536 });
  assert.match(unit, /^LimitNOFILE=65536$/m);
  for (const name of ["client_header_timeout", "client_body_timeout", "keepalive_timeout"]) {
    assert.match(nginx, new RegExp(`^ +${name} \\d{2}s;$`, "m"));
  }
  assert.match(nginx, /^ +proxy_request_buffering on;$/m);
  const docs = await read("docs/deploy.md");
  assert(docs.includes("--ulimit nofile=65536:65536"));
});

Deno.test("deploy/compose.yaml mounts file systems read-only where it can, and publishes two ports", async () => {
  const { services } = parse(await read("deploy/compose.yaml"), { merge: true });

  for (const name of ["bridge-1", "bridge-2", "denokv", "proxy"]) {
    assert.equal(services[name]["read_only"], true, name);
    assert.deepEqual(services[name]["cap_drop"], ["ALL"], name);
  }
  const ports = Object.values(services).flatMap((service) => Object(service).ports ?? []);
  assert.deepEqual(ports, ["127.0.0.1:8080:8080", "127.0.0.1:4433:4433"]);
});

Deno.test("deploy/compose.yaml mounts files that exist, or that docs/deploy.md creates", async () => {
  const { services } = parse(await read("deploy/compose.yaml"), { merge: true });
  const mounted = Object.values(services).flatMap((service) => Object(service).volumes ?? [])
    .map((volume) => String(volume).split(":")[0] ?? "").filter((path) => path.startsWith("./"));

  const missing: string[] = [];
  for (const path of mounted) {
    await Deno.stat(new URL(path, new URL("deploy/", ROOT))).catch(() => missing.push(path));
  }

  const notCreated = missing.filter((path) => path !== "./kratos.rendered.yml");
  assert.deepEqual(notCreated, []);
  assert((await read("docs/deploy.md")).includes("> deploy/kratos.rendered.yml"));
});

Deno.test("deploy/ory-jumio-bridge.service runs deno task start, in a folder where it finds ./data", async () => {
  const unit = await read("deploy/ory-jumio-bridge.service");
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(unit)?.[1] ?? "";

  assert.deepEqual(value("ExecStart").split(" "), ["/usr/local/bin/deno", ...COMMAND]);
  const [state, inside] = value("BindPaths").split(":");
  assert.equal(state, `/var/lib/${value("StateDirectory")}`);
  assert.equal(inside, `${value("WorkingDirectory")}/data`);
  assertKnown(value("Environment").split(" ").map((pair) => pair.split("=")[0] ?? ""));
});

Deno.test("deploy/Containerfile copies what Deno Deploy is given, and runs deno task start", async () => {
  const { deploy } = JSON.parse(await read("deno.json"));
  const copied = (await instructions("COPY")).flatMap((line) => line.split(" ").slice(0, -1));

  assert.deepEqual(new Set(copied), new Set(deploy.include));
  assert.deepEqual(JSON.parse((await instructions("ENTRYPOINT"))[0] ?? ""), ["deno"]);
  assert.deepEqual(JSON.parse((await instructions("CMD"))[0] ?? ""), COMMAND);
  assert.match((await instructions("USER"))[0] ?? "", /^[1-9]\d*:[1-9]\d*$/);
  const env = (await instructions("ENV")).flatMap((line) => line.split(" "));
  assertKnown(env.map((pair) => pair.split("=")[0] ?? ""));
});

Deno.test("deploy/*: every image has a version", async () => {
  const { services } = parse(await read("deploy/compose.yaml"), { merge: true });
  const images = Object.values(services).map((service) => String(Object(service).image));

  const bases = (await instructions("ARG")).flatMap((line) => /^BASE=(.+)$/.exec(line)?.[1] ?? []);

  const pulled = [...images.filter((image) => image.includes("/")), ...bases];

  assert.deepEqual(await instructions("FROM"), ["${BASE}"]);
  assert.equal(bases.length, 1);

  for (const image of pulled) assert.match(image, /:v?\d+\.\d+/);
});

Deno.test("deploy/kratos.yml becomes a configuration without findings by the command in docs/deploy.md", async () => {
  const secret = "hook-secret-of-the-compose-file-0123456789";
  const rendered = await operate(
    ["render", "--url", "http://proxy:8081", "--merge", "deploy/kratos.yml"],
    { files: { "deploy/kratos.yml": await read("deploy/kratos.yml") } },
  );
  const stdin = rendered.stdout.replaceAll("${ORY_WEBHOOK_SECRET}", secret);

  const { stdout } = await operate(["doctor", "--offline", "--json", "-"], {
    stdin,
    env: { "ORY_WEBHOOK_SECRET": secret },
  });

  assert.deepEqual(JSON.parse(stdout).findings, []);
  const { registration, login } = parse(stdin).selfservice.flows;
  for (const { after } of [registration, login]) assert.equal(after.hooks.length, 1);
});
