// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parse } from "yaml";
import { JOB_KIND_NAMES } from "../../lib/verification/job_kinds.ts";
import { listCodeSpans, readFile, readSources, tableAfter } from "../support/documents.ts";

const sources = await readSources();
const source = [...sources.values()].join("\n");

/** The string between quotes or backticks of a source, up to its first variable. */
function isInSource(text: string): boolean {
  return [`"${text}`, `\`${text}`, `'${text}`].some((quoted) => source.includes(quoted));
}

function codeIn(cell: string): string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, code = ""]) => code);
}

async function readAlertNames(): Promise<string[]> {
  const { groups } = parse(await readFile("deploy/alerts.yaml"));
  return groups[0].rules.map(({ alert }: { alert: string }) => alert);
}

/** The messages that the service writes at a level, up to their first variable. */
function messagesAt(level: string): string[] {
  const writers = level === "error" ? `log\\.error|new StartError` : `log\\.${level}`;
  const call = new RegExp(`\\b(?:${writers})\\(\\s*["\`]([^"\`$]+)`, "g");
  return Array.from(source.matchAll(call), ([, message = ""]) => message.trim());
}

Deno.test("docs/observability.md lists log messages of the service, none at the level error", async () => {
  const rows = tableAfter(await readFile("docs/observability.md"), "## Log messages");

  assert(rows.length > 15);
  assert(rows.every(([_message, level]) => level !== "error"), "operations.md has these");
  for (const [cell = "", level = ""] of rows) {
    const [message = ""] = codeIn(cell);
    assert(isInSource(message), `No code writes ${message}`);
    const written = ["debug", "info", "warn", "error"]
      .filter((other) => messagesAt(other).includes(message));
    if (written.length > 0) assert.deepEqual(written, [level], message);
  }
});

Deno.test("docs/operations.md lists every log message at the level error", async () => {
  const rows = tableAfter(
    await readFile("docs/operations.md"),
    "### Log lines with level error",
  );
  // A part that varies is "…" in the document.
  const listed = rows.map(([cell = ""]) => codeIn(cell)[0]?.split(" …")[0] ?? "");

  for (const message of listed) assert(isInSource(message), `No code writes ${message}`);
  const missing = messagesAt("error")
    .filter((message) => !listed.some((known) => message.startsWith(known)));
  assert.deepEqual(missing, []);
});

Deno.test("every log message that the documents quote is one that the service writes", async () => {
  const unknown = (await listCodeSpans())
    .filter(({ code }) => /^[A-Z][a-z]+(?: [A-Za-z':;,]+)+$/.test(code) && !isInSource(code))
    .map(({ document, code }) => `${document}: ${code}`);

  assert.deepEqual(unknown, []);
});

Deno.test("docs/operations.md says of each alert what it means and what to do", async () => {
  const rows = tableAfter(await readFile("docs/operations.md"), "### Alerts");

  assert.deepEqual(rows.map(([alert]) => alert), await readAlertNames());
  for (const cells of rows) assert(cells.every((cell) => cell !== ""), cells[0]);
});

Deno.test("the documents say which log message belongs to each alert", async () => {
  const text = await readFile("docs/observability.md");
  const errors = tableAfter(await readFile("docs/operations.md"), "### Log lines with level error");
  const cells = [
    ...tableAfter(text, "## Log messages").map(([_message, _level, alerts]) => alerts),
    ...errors.map(([_message, alert]) => alert),
  ];
  const named = cells.flatMap((alerts = "") => alerts === "" ? [] : alerts.split(", "));
  const [, without = ""] = /^The alerts ([^.]+) have\s+no\s+log\s+message\.$/m.exec(text) ?? [];

  const all = new Set([...named, ...codeIn(without)]);
  assert.deepEqual([...all].sort(), (await readAlertNames()).sort());
});

Deno.test("every reason and outcome in docs/observability.md exists in the code", async () => {
  const text = await readFile("docs/observability.md");
  const [, reasons = ""] = text.split("These values of `reason`");
  const listed = [...reasons.matchAll(/^\| `(\w+)`/gm)].map(([, reason = ""]) => reason);
  const outcomes = [...text.matchAll(/`jumio_bridge\.outcome` of a \w+ is ([^.]+)\./g)]
    .flatMap(([, list = ""]) => codeIn(list));

  assert(listed.length > 5 && outcomes.length > 10);
  assert.deepEqual([...listed, ...outcomes].filter((word) => !isInSource(`${word}"`)), []);
});

Deno.test("docs/observability.md names every kind of job", async () => {
  const [, kinds = ""] = /^`kind` is the kind of job: ([^.]+)\./m
    .exec(await readFile("docs/observability.md")) ?? [];

  assert.deepEqual(codeIn(kinds), [...JOB_KIND_NAMES]);
});

Deno.test("every reason that deploy/alerts.yaml uses is in docs/observability.md", async () => {
  const text = await readFile("docs/observability.md");

  const used = (await readFile("deploy/alerts.yaml")).matchAll(/reason="(\w+)"/g);

  for (const [, reason = ""] of used) assert(text.includes(`| \`${reason}\``), reason);
});

Deno.test("every reason of a dead letter in docs/operations.md exists in the code", async () => {
  const rows = tableAfter(await readFile("docs/operations.md"), "## Dead letters");
  const reasons = rows.flatMap(([cell = ""]) => codeIn(cell));

  assert(reasons.length > 7);
  for (const reason of reasons) {
    const [, , upstreamReason] = /^(jumio|kratos|receiver)_(\w+)$/.exec(reason) ?? [];
    assert(isInSource(`${upstreamReason ?? reason}"`), reason);
  }
});

Deno.test("docs/storage.md names the file that builds each key", async () => {
  const rows = [...(await readFile("docs/storage.md")).matchAll(
    /^\| `\["(\w+)".*\| `([\w/.]+)` +\|$/gm,
  )];

  assert(rows.length > 20);
  for (const [, kind = "", owner = ""] of rows) {
    assert(sources.get(owner)?.includes(`"${kind}"`), `${owner} has no key ["${kind}"]`);
  }
});
