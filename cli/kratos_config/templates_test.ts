// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { MissingFileError, UsageError } from "../frame/command.ts";
import {
  inlineTemplate,
  isSameTemplate,
  readAskedStatuses,
  readTemplate,
  setAskedStatuses,
} from "./templates.ts";

const ASKED = "local asked = ['none', 'pending', 'review', 'rejected', 'expired'];";
const OURS = `// a comment\n${ASKED}\n\nfunction(ctx) { a: asked }\n`;

Deno.test("readAskedStatuses() reads the statuses that setAskedStatuses() has set", () => {
  const some = setAskedStatuses(OURS, ["none", "verified"]);

  assert.match(some, /^local asked = \['none', 'verified'\];$/m);
  assert.deepEqual(readAskedStatuses(some, OURS), { isOurs: true, asked: ["none", "verified"] });
});

Deno.test("readAskedStatuses() reads every status but verified from our own template", () => {
  assert.deepEqual(readAskedStatuses(OURS, OURS), {
    isOurs: true,
    asked: ["none", "pending", "review", "rejected", "expired"],
  });
});

Deno.test("readAskedStatuses() recognizes a template that is not ours", () => {
  for (const other of [OURS.replace("a: asked", "b: 1"), "", "function(ctx) ctx"]) {
    assert.equal(readAskedStatuses(other, OURS).isOurs, false);
  }
});

Deno.test("setAskedStatuses() refuses a template without the line, or with two of them", () => {
  assert.throws(() => setAskedStatuses("function(ctx) {}", ["none"]), /Cannot find/);
  assert.throws(() => setAskedStatuses(OURS + OURS, ["none"]), /Cannot find/);
});

Deno.test("isSameTemplate() ignores comments, indentation and line ends", () => {
  assert(isSameTemplate(OURS, OURS.replace("// a comment\n", "\t").replaceAll("\n", "\r\n")));
  assert(!isSameTemplate(OURS, OURS.replace("none", "some")));
});

Deno.test("readTemplate() reads an inlined template, a file URL, a path and an address", async () => {
  const files: Record<string, string> = { "/etc/a%20b/x.jsonnet": "file", "./x.jsonnet": "bare" };
  const tools = {
    fetch: () => Promise.resolve(new Response("fetched")),
    readFile: (path: string) => Promise.resolve(files[path] ?? ""),
  };

  const uris = [
    inlineTemplate("ü"),
    "file:///etc/a%20b/x.jsonnet",
    "./x.jsonnet",
    "https://storage.example.com/x.jsonnet",
  ];
  assert.deepEqual(
    await Promise.all(uris.map((uri) => readTemplate(uri, tools))),
    ["ü", "file", "bare", "fetched"].map((text) => ({ ok: true, text })),
  );
});

for (
  const [uri, reason] of [
    ["base64://%%%", "broken"],
    ["base64://YWJj ZGVm", "broken"],
    ["base64://YWI", "broken"],
    ["base64://_-8=", "broken"],
    [`base64://${btoa("x".repeat(70_000))}`, "broken"],
    ["file:///nowhere", "missing"],
    ["file:///secret", "unknown"],
    ["nowhere", "missing"],
    ["https://storage.example.com/gone", "missing"],
    ["https://down.example.com/x", "unknown"],
  ] as const
) {
  Deno.test(`readTemplate() says that ${uri.slice(0, 40)} is ${reason}`, async () => {
    const answer = await readTemplate(uri, {
      fetch: (input) =>
        String(input).includes("storage")
          ? Promise.resolve(new Response("not found", { status: 404 }))
          : Promise.reject(new TypeError("no network")),
      readFile: (path) =>
        Promise.reject(
          path === "/secret" ? new UsageError("Cannot read it") : new MissingFileError(path),
        ),
    });

    assert.equal(answer.ok, false);
    assert.equal(!answer.ok && answer.reason, reason);
  });
}
