// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parse } from "yaml";
import { readOryActions } from "../../cli/kratos_config/ory_actions.ts";
import { listDocuments, readFile } from "../support/documents.ts";
import { OPERATED_TRANSITIONS, TRANSITIONS } from "../model/transitions.ts";

const ROOT = new URL("../../", import.meta.url);

/** A block of code in a document. */
interface Block {
  readonly document: string;
  readonly language: string;
  /** Marked with `run`: a test runs these blocks of a document in order, beside Ory's files. */
  readonly isRun: boolean;
  readonly code: string;
}

const blocks = (await Promise.all((await listDocuments()).map(readBlocks))).flat();
const { tasks } = JSON.parse(await readFile("deno.json"));

async function readBlocks(document: string): Promise<Block[]> {
  return [...(await readFile(document)).matchAll(/^```(\w+)( run)?\n(.*?)^```$/gms)]
    .map(([, language = "", run, code = ""]) => ({
      document,
      language,
      isRun: run !== undefined,
      code,
    }));
}

/** Runs the blocks of a document in one shell, in a folder with Ory's files. Returns the folder. */
async function runBlocks(document: string): Promise<string> {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/jsonnet`);
  for (const name of ["ory-actions.yaml", "jsonnet/initiate.jsonnet", "jsonnet/validate.jsonnet"]) {
    await Deno.copyFile(new URL(name, ROOT), `${folder}/${name}`);
  }
  const script = blocks.filter((block) => block.document === document && block.isRun)
    .map(({ code }) => code).join("\n");
  const options = { args: ["-euo", "pipefail", "-c", script], cwd: folder };
  const { success, stderr } = await new Deno.Command("bash", options).output();
  assert(success, new TextDecoder().decode(stderr));
  return folder;
}

Deno.test("every block of YAML and JSON in the documents can be parsed", () => {
  for (const { document, language, code } of blocks) {
    if (language === "json") assert.doesNotThrow(() => JSON.parse(code), `${document}: ${code}`);
    if (language === "yaml") assert.doesNotThrow(() => parse(code), `${document}: ${code}`);
  }
});

Deno.test("every block of TypeScript in the documents compiles and runs", async () => {
  const documents = new Set(
    blocks.filter(({ language }) => language === "ts").map((b) => b.document),
  );

  for (const document of documents) {
    const args = ["test", "--doc", "--no-prompt", document];
    const { success, stdout } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT })
      .output();
    assert(success, new TextDecoder().decode(stdout));
  }
});

Deno.test("every block of shell in the documents has valid syntax", async () => {
  for (const { document, language, code } of blocks) {
    if (language !== "sh") continue;
    const options = { args: ["-n", "-c", code] };
    const { success } = await new Deno.Command("bash", options).output();
    assert(success, `${document}: ${code}`);
  }
});

Deno.test("every task that the documents name exists", async () => {
  for (const document of await listDocuments()) {
    for (
      const [, name = ""] of (await readFile(document)).matchAll(
        /deno(?:@[\d.]+)? task ([a-z:0-9]+)/g,
      )
    ) {
      assert(name in tasks, `${document}: deno task ${name}`);
    }
  }
});

Deno.test("every setting in the documents' blocks exists", async () => {
  const known = await readFile(".env.example");

  for (const { document, language, code } of blocks) {
    if (language !== "ini") continue;
    for (const [, name] of code.matchAll(/^([A-Z_]+)=/gm)) {
      assert(known.includes(`${name}=`), `${document}: ${name}`);
    }
  }
});

Deno.test("docs/setup-ory.md produces the hooks of ory-actions.yaml, for Kratos and for Ory Network", async () => {
  const folder = await runBlocks("docs/setup-ory.md");
  const made = (name: string) => Deno.readTextFile(`${folder}/${name}`);
  const secret = /^ORY_WEBHOOK_SECRET=([0-9a-f]{64})$/.exec((await made("bridge.env")).trim())?.[1];
  const { selfservice: { flows } } = readOryActions(await readFile("ory-actions.yaml"), {
    serviceUrl: "https://bridge.example.org",
    secret: secret ?? assert.fail("There is no secret in bridge.env"),
    templatesUrl: "file:///etc/kratos/jumio-bridge",
  });

  const merged = parse(await made("jumio-bridge.yaml"));
  assert.deepEqual(JSON.parse(JSON.stringify(merged)).selfservice.flows, flows);
  for (
    const [name, list] of [["initiate", flows.registration], ["validate", flows.login]] as const
  ) {
    const { hook, config: { body, ...config } } = JSON.parse(await made(`${name}.json`));
    const expected = Object.entries(list.after).find(([method]) => method === "password")?.[1];
    const [first] = Array.isArray(expected) ? expected : expected?.hooks ?? [];
    const { body: _file, ...rest } = first?.config ?? {};
    assert.deepEqual([hook, config], [first?.hook, rest]);
    const template = new TextDecoder().decode(Uint8Array.fromBase64(body.replace("base64://", "")));
    assert.equal(template, await readFile(`jsonnet/${name}.jsonnet`));
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("docs/setup-ory.md inserts the hooks into the same lists as ory-actions.yaml", async () => {
  const text = await readFile("docs/setup-ory.md");
  const { selfservice: { flows } } = parse(await readFile("ory-actions.yaml"));

  for (const flow of ["registration", "login"]) {
    const pattern = new RegExp(`for method in ([a-z_ ]+); do\\n  add "/selfservice/flows/${flow}/`);
    const methods = pattern.exec(text)?.[1]?.split(" ");
    assert.deepEqual([...methods ?? [], "hooks"], Object.keys(flows[flow].after));
  }
  // Each flow's global list: sign-ins whose method Kratos does not know yet use it, and recovery.
  for (const flow of ["registration", "login", "recovery"]) {
    assert(text.includes(`\nadd "/selfservice/flows/${flow}/after/hooks/0=`), flow);
  }
});

Deno.test("docs/architecture.md has the transitions that the model test allows", async () => {
  const rows = (await readFile("docs/architecture.md")).matchAll(
    /^\| `(\w+)` +\| ((?:`\w+`(?:, )?)+) +\|$/gm,
  );
  const table = Array.from(rows, ([, from = "", to = ""]) => [
    from,
    to.replaceAll("`", "").split(", "),
  ]);

  const byOperator = Object.entries(OPERATED_TRANSITIONS)
    .filter(([from]) => OPERATED_TRANSITIONS[from] !== TRANSITIONS[from]);
  assert.deepEqual(table, [...Object.entries(TRANSITIONS), ...byOperator]);
});

Deno.test("README.md shows the picture of the sandbox that the browser test makes", async () => {
  assert.match(await readFile("README.md"), /!\[[^\]]+\]\(docs\/sandbox\.png\)/);
  const [...signature] = (await Deno.readFile(new URL("docs/sandbox.png", ROOT))).subarray(1, 4);
  assert.equal(String.fromCharCode(...signature), "PNG");
});
