// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { SETTINGS } from "../../lib/config/config.ts";
import { MESSAGE_IDS } from "../../lib/kratos/messages.ts";
import { en } from "../../locales/en.ts";
import {
  listCodeSpans,
  listDocuments,
  pathExists,
  readFile,
  readSources,
  tableAfter,
  withoutBlocks,
} from "../support/documents.ts";

/** Folders and files whose paths documents name from the root. */
const CHECKED_PATH = /^(?:lib|routes|locales|jsonnet|cli|sandbox|bench|tests|docs|deploy|\.ci)\//;

/** Paths that exist only after somebody follows the document. */
const MADE_BY_READERS = ["deploy/kratos.rendered.yml"];

/** Names in capitals that are not settings of the service. */
const OTHER_NAMES = [
  // Of the code
  /^JOB_KINDS$/,
  // Of Deno, of tools and of the tests
  /^(?:DENO|OTEL)_/,
  /^(?:NO_COLOR|OPERATOR_URL|DENOKV_BIN)$/,
  // Of compose.yaml
  /^KRATOS_(?:COOKIE|CIPHER)_SECRET$/,
  // Of Jumio
  /^(?:SESSION_EXPIRED|TOKEN_EXPIRED|NOT_EXECUTED)$/,
  // Of the collector
  /^SPAN_KIND_SERVER$/,
];

/** What GitHub makes of a heading. */
function slug(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\- _]/gu, "").replaceAll(" ", "-");
}

async function listLinks(document: string): Promise<{ path: string; anchor: string }[]> {
  const text = withoutBlocks(await readFile(document));
  return [...text.matchAll(/\]\(([^)\s]*)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [relative = "", anchor = ""] = target.split("#");
      const base = new URL(document, "file:///");
      const path = relative === "" ? document : new URL(relative, base).pathname.slice(1);
      return { path, anchor };
    });
}

Deno.test("every path in the documents exists", async () => {
  const missing: string[] = [];

  for (const { document, code } of await listCodeSpans()) {
    const isPath = CHECKED_PATH.test(code) && !/[\s*{…]/.test(code);
    if (!isPath || MADE_BY_READERS.includes(code)) continue;
    if (!await pathExists(code)) missing.push(`${document}: ${code}`);
  }

  assert.deepEqual(missing, []);
});

Deno.test("every link to a heading leads to one", async () => {
  const broken: string[] = [];

  for (const document of await listDocuments()) {
    for (const { path, anchor } of await listLinks(document)) {
      if (anchor === "" || !path.endsWith(".md")) continue;
      const headings = (await readFile(path)).matchAll(/^#+ (.+)$/gm);
      const slugs = Array.from(headings, ([, heading = ""]) => slug(heading));
      if (!slugs.includes(anchor)) broken.push(`${document}: ${path}#${anchor}`);
    }
  }

  assert.deepEqual(broken, []);
});

Deno.test("every document can be reached from docs/README.md", async () => {
  const reached = new Set(["docs/README.md"]);

  for (const document of reached) {
    for (const { path } of await listLinks(document)) {
      if (path.endsWith(".md")) reached.add(path);
    }
  }

  assert.deepEqual((await listDocuments()).filter((document) => !reached.has(document)), []);
});

Deno.test("every setting that the documents name exists", async () => {
  const unknown = (await listCodeSpans())
    .map(({ document, code }) => ({ document, name: /^[A-Z]+(?:_[A-Z]+)+(?==|$)/.exec(code)?.[0] }))
    .filter(({ name }) =>
      name !== undefined && !SETTINGS.some((setting) => setting === name) &&
      !OTHER_NAMES.some((pattern) => pattern.test(name))
    )
    .map(({ document, name }) => `${document}: ${name}`);

  assert.deepEqual(unknown, []);
});

Deno.test("no code span is broken over lines", async () => {
  const broken: string[] = [];

  for (const document of await listDocuments()) {
    for (const line of withoutBlocks(await readFile(document)).split("\n")) {
      if ((line.match(/`/g)?.length ?? 0) % 2 !== 0) broken.push(`${document}: ${line}`);
    }
  }

  assert.deepEqual(broken, []);
});

Deno.test("docs/architecture.md has every folder of lib/ and routes/", async () => {
  const text = await readFile("docs/architecture.md");
  const missing: string[] = [];

  for (const folder of ["lib", "routes"]) {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = `${folder}/${name}/`;
      if (isDirectory && !text.includes(`[${path}](../${path.slice(0, -1)})`)) missing.push(path);
    }
  }

  assert.deepEqual(missing, []);
});

Deno.test("docs/README.md lists every decision", async () => {
  const rows = tableAfter(await readFile("docs/README.md"), "## Decisions");
  const listed = rows.map(([link = ""]) => /\(([^)]+)\)/.exec(link)?.[1]);

  const decisions = (await listDocuments()).filter((path) => path.startsWith("docs/decisions/"));

  assert.deepEqual(listed, decisions.map((path) => path.slice("docs/".length)));
});

Deno.test("docs/integrate.md has the title of every page that a person can see", async () => {
  const titles = Object.values(en).flatMap((value) =>
    typeof value === "object" && "title" in value ? [value.title] : []
  );

  const rows = tableAfter(await readFile("docs/integrate.md"), "## The link and its page");

  assert.deepEqual(rows.map(([title]) => title), titles);
});

Deno.test("every name of the code in the documents about the code exists", async () => {
  const about = ["CONTRIBUTING.md", "docs/architecture.md", "docs/audit.md", "docs/storage.md"];
  const source = [...(await readSources()).values()].join("\n");
  const unknown = (await listCodeSpans())
    .filter(({ document, code }) =>
      about.includes(document) &&
      /^(?:[a-z]+|[A-Z][a-z]+)[A-Z][A-Za-z]*(?:\(\))?$/.test(code) &&
      !new RegExp(`\\b${code.replace("()", "")}\\b`).test(source)
    )
    .map(({ document, code }) => `${document}: ${code}`);

  assert.deepEqual(unknown, []);
});

Deno.test("docs/integrate.md has the id of every message in Kratos's forms", async () => {
  const rows = tableAfter(
    await readFile("docs/integrate.md"),
    "## If sign-in requires a verification",
  );

  const ids = rows.map(([id]) => id?.replaceAll("`", ""));
  assert.deepEqual(ids.sort(), Object.values(MESSAGE_IDS).map(String).sort());
  for (const [status, id] of Object.entries(MESSAGE_IDS)) {
    const row = rows.find(([cell]) => cell === `\`${id}\``)?.join() ?? "";
    if (status !== "none" && status !== "unstoredIdentity") assert.match(row, RegExp(status));
  }
});
