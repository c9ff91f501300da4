// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { LANGUAGES } from "../../locales/mod.ts";

const ROOT = new URL("../../", import.meta.url);

/** Loads what the service loads, and asks for a page in some languages. Each evaluation is printed. */
const PROGRAM = `
import "./lib/service.ts";
import { parseConfig } from "./lib/config/config.ts";
import { renderPersonPage } from "./routes/person/person_page.ts";

const config = await parseConfig({
  "ORY_WEBHOOK_SECRET": "only-for-tests-0123456789abcdef0123",
  "KRATOS_ADMIN_URL": "http://127.0.0.1:1",
  "JUMIO_AUTH_URL": "http://127.0.0.1:1",
  "JUMIO_API_BASE_URL": "http://127.0.0.1:1",
  "JUMIO_CLIENT_ID": "client",
  "JUMIO_CLIENT_SECRET": "secret",
  "PUBLIC_URL": "http://127.0.0.1:1",
});
console.log("started");
for (const language of Deno.args) {
  const request = new Request("http://127.0.0.1:1/", { headers: { "accept-language": language } });
  const response = await renderPersonPage("ready", { request, config });
  console.log(\`page in \${response.headers.get("content-language")}\`);
}
`;

/** Copies the files of a deployment, so that each language prints its tag when it is evaluated. */
async function copyService(): Promise<string> {
  const folder = await Deno.makeTempDir();
  const paths = ["lib", "routes", "locales", "jsonnet", "deno.json", "deno.lock"];
  const { success, stderr } = await new Deno.Command("cp", {
    args: ["-r", ...paths, folder],
    cwd: ROOT,
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  for (const language of LANGUAGES) {
    const file = `${folder}/locales/${language}.ts`;
    await Deno.writeTextFile(file, `console.log("evaluated ${language}");\n`, { append: true });
  }
  await Deno.writeTextFile(`${folder}/program.ts`, PROGRAM);
  return folder;
}

Deno.test("a language is loaded when the first request asks for it, without the permission to read it", async () => {
  const folder = await copyService();
  const args = ["run", "--quiet", "--no-check", "--no-prompt", "program.ts", "de-AT", "de", "en"];

  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: folder })
    .output();

  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  assert.deepEqual(
    lines,
    ["started", "evaluated de", "page in de", "page in de", "evaluated en", "page in en"],
    new TextDecoder().decode(stderr),
  );
  await Deno.remove(folder, { recursive: true });
});
