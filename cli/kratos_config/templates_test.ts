import assert from "node:assert/strict";
import {
  inlineTemplate,
  isSameTemplate,
  readAskOnly,
  readTemplate,
  setAskOnly,
} from "./templates.ts";

const OURS = "// a comment\nlocal askOnly = null;\n\nfunction(ctx) { a: askOnly }\n";

const noFetch = () => Promise.reject(new TypeError("This test has no network"));
const noFile = () => Promise.reject(new Error("This test has no file"));

Deno.test("readAskOnly() reads the statuses that setAskOnly() has set", () => {
  const some = setAskOnly(OURS, ["none", "rejected"]);

  assert.match(some, /^local askOnly = \['none', 'rejected'\];$/m);
  assert.deepEqual(readAskOnly(some, OURS), { isOurs: true, askOnly: ["none", "rejected"] });
  assert.deepEqual(readAskOnly(setAskOnly(OURS, undefined), OURS), {
    isOurs: true,
    askOnly: undefined,
  });
});

Deno.test("readAskOnly() recognizes a template that is not ours", () => {
  for (const other of [OURS.replace("a: askOnly", "b: 1"), "", "function(ctx) ctx"]) {
    assert.equal(readAskOnly(other, OURS).isOurs, false);
  }
});

Deno.test("setAskOnly() refuses a template without the line, or with two of them", () => {
  assert.throws(() => setAskOnly("function(ctx) {}", ["none"]), /Cannot find/);
  assert.throws(() => setAskOnly(OURS + OURS, ["none"]), /Cannot find/);
});

Deno.test("isSameTemplate() ignores comments, indentation and line ends", () => {
  assert(isSameTemplate(OURS, OURS.replace("// a comment\n", "\t").replaceAll("\n", "\r\n")));
  assert(!isSameTemplate(OURS, OURS.replace("null", "[]")));
});

Deno.test("readTemplate() reads an inlined template, a file URL, a path and an address", async () => {
  const files: Record<string, string> = { "/etc/a b/x.jsonnet": "file", "./x.jsonnet": "bare" };
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
  assert.deepEqual(await Promise.all(uris.map((uri) => readTemplate(uri, tools))), [
    "ü",
    "file",
    "bare",
    "fetched",
  ]);
});

for (const uri of ["base64://%", "file:///nowhere", "https://storage.example.com/x", "undefined"]) {
  Deno.test(`readTemplate() returns undefined for ${uri}, which cannot be read`, async () => {
    assert.equal(await readTemplate(uri, { fetch: noFetch, readFile: noFile }), undefined);
  });
}

Deno.test("readTemplate() does not take an error page for a template", async () => {
  const fetch = () => Promise.resolve(new Response("not found", { status: 404 }));

  assert.equal(
    await readTemplate("https://storage.example.com/x", { fetch, readFile: noFile }),
    undefined,
  );
});
