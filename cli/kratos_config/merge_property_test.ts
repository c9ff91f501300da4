// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fc from "fast-check";
import { parse, stringify } from "yaml";
import { applyEdit, type Edit, readPath } from "./edit.ts";
import { editText } from "./edit_text.ts";
import { callsUs, type FlowName, readHooks, type WantedHook } from "./hook_lists.ts";
import { planMerge } from "./merge.ts";
import { splitIntoCalls } from "./network_formats.ts";

const PATHS = { registration: "/jumio/initiate", login: "/jumio/validate" } as const;

const ours = (flow: "registration" | "login", config: Record<string, unknown> = {}) => ({
  hook: "web_hook",
  config: {
    url: `https://bridge.example.com${PATHS[flow]}`,
    method: "POST",
    body: "base64://new",
    auth: {
      type: "api_key",
      config: { name: "X-Webhook-Secret", value: "reference", in: "header" },
    },
    ...(flow === "login"
      ? { "can_interrupt": true }
      : { response: { ignore: false, parse: false } }),
    ...config,
  },
});

const WANTED: readonly WantedHook[] = (["registration", "login"] as const).flatMap((flow) =>
  ["password", "oidc", "code"].map((method) => ({
    flow,
    method,
    path: ["selfservice", "flows", flow, "after", method, "hooks"],
    hook: ours(flow),
  }))
);

/** A hook in an existing configuration: one of ours in any state, `session`, or a foreign one. */
function arbitraryHook(flow: "registration" | "login"): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.constant(ours(flow)),
    fc.record({
      "can_interrupt": fc.boolean(),
      response: fc.record({ parse: fc.boolean(), ignore: fc.boolean() }),
      body: fc.constantFrom("base64://new", "file:///old.jsonnet"),
      url: fc.constantFrom(
        `http://old:3000${PATHS[flow]}`,
        `https://x.example.com/a${PATHS[flow]}`,
      ),
    }, { requiredKeys: [] }).map((config) => ours(flow, config)),
    fc.constant({ hook: "session" }),
    fc.constant({ hook: "require_verified_address" }),
    fc.nat(9).map((id) => ({ hook: "web_hook", config: { url: `https://crm.example.com/${id}` } })),
  );
}

const arbitraryFlow = (flow: "registration" | "login") =>
  fc.record({
    "ui_url": fc.constant("https://x.example.com/#top"),
    after: fc.option(
      fc.record(
        Object.fromEntries([
          ["hooks", fc.array(arbitraryHook(flow), { maxLength: 3 })],
          ...["password", "oidc", "code", "saml"].map((method) => [
            method,
            fc.option(fc.record({ hooks: fc.array(arbitraryHook(flow), { maxLength: 4 }) })),
          ]),
        ]),
        { requiredKeys: [] },
      ),
    ),
  }, { requiredKeys: [] });

const arbitraryConfig = fc.record({
  log: fc.constant({ level: "info" }),
  selfservice: fc.record({
    flows: fc.record(
      { registration: arbitraryFlow("registration"), login: arbitraryFlow("login") },
      {
        requiredKeys: [],
      },
    ),
  }),
}, { requiredKeys: ["log"] });

/** The order in which the Ory CLI sends the edits of one call. */
const inFlagOrder = (edits: readonly Edit[]) =>
  ["add", "replace", "remove"].flatMap((op) => edits.filter((edit) => edit.op === op));

const foreignOf = (config: unknown, path: WantedHook["path"], flow: FlowName) =>
  readHooks(config, path).filter((hook) => !callsUs(hook, flow)).map(({ value }) => value);

Deno.test("planMerge() puts one hook into every list, keeps foreign hooks, and plans nothing the second time", () => {
  fc.assert(
    fc.property(
      arbitraryConfig,
      fc.constantFrom(2, 4),
      fc.boolean(),
      (given, indent, indentSeq) => {
        const config = JSON.parse(JSON.stringify(given));
        const options = { wanted: WANTED, isSameBody: (a: unknown, b: unknown) => a === b };

        const { edits } = planMerge(config, options);
        const merged = structuredClone(config);
        for (const edit of edits) applyEdit(merged, edit);

        assert.deepEqual(planMerge(merged, options).edits, []);
        for (const { flow, path } of WANTED) {
          const hooks = readHooks(merged, path);
          const own = hooks.findIndex((hook) => callsUs(hook, flow));
          const session = hooks.findIndex(({ hook }) => hook === "session");
          assert.equal(hooks.filter((hook) => callsUs(hook, flow)).length, 1);
          assert(session === -1 || own < session);
          const before = foreignOf(config, path, flow);
          if (before.length > 0) assert.deepEqual(foreignOf(merged, path, flow), before);
        }
        const saml = ["selfservice", "flows", "login", "after", "saml"];
        assert.deepEqual(readPath(merged, saml), readPath(config, saml));
        const sent = structuredClone(config);
        for (const edit of splitIntoCalls(edits).flatMap(inFlagOrder)) applyEdit(sent, edit);
        assert.deepEqual(sent, merged);
        const text = stringify(config, {
          indent,
          indentSeq,
          lineWidth: 0,
          aliasDuplicateObjects: false,
        });
        assert.deepEqual(parse(editText(text, edits) ?? ""), merged);
      },
    ),
    { numRuns: 100 },
  );
});

/** Comments and blanks at the end of each line, and empty lines. */
const addNoise = (text: string) =>
  text.split("\n").map((line, index) =>
    line === "" ? line : index % 5 === 3 ? `${line}  # ${index}\n` : `${line} \t`
  ).join("\n");

/** Lines that a merge may change: of our own hooks, of empty lists and maps, and aliases. */
const MAY_CHANGE =
  /[*&]a\d|\[\]|\{\}|null|hook: web_hook|jumio|base64:|jsonnet|true|false|config:|response:|auth:/;

Deno.test("editText() keeps every line of a text that a merge has no reason to change", () => {
  fc.assert(
    fc.property(
      arbitraryConfig,
      fc.constantFrom("\n", "\r\n"),
      fc.boolean(),
      (given, eol, hasAliases) => {
        const config = JSON.parse(JSON.stringify(given));
        const { edits } = planMerge(config, { wanted: WANTED, isSameBody: (a, b) => a === b });
        const shared = hasAliases ? share(config) : config;
        const text = addNoise(stringify(shared, { lineWidth: 0 })).replaceAll("\n", eol);
        const merged = structuredClone(config);
        for (const edit of edits) applyEdit(merged, edit);

        const edited = editText(text, edits);

        // Undefined if a duplicate with a comment is to be removed.
        if (edited === undefined) return assert.match(text, /#/);
        assert.deepEqual(parse(edited), merged);
        assert.equal(
          edited.includes("\r\n"),
          edits.length > 0 ? eol === "\r\n" : text.includes("\r"),
        );
        const left = edited.split(eol);
        for (const line of text.split(eol)) {
          if (MAY_CHANGE.test(line)) continue;
          assert(left.includes(line), line);
          left.splice(left.indexOf(line), 1);
        }
      },
    ),
    { numRuns: 200 },
  );
});

/** Makes equal hooks one object, so that YAML prints anchors and aliases. */
function share(config: unknown): unknown {
  const known = new Map<string, unknown>();
  return JSON.parse(JSON.stringify(config), (_key, value) => {
    if (typeof value !== "object" || value === null) return value;
    const text = JSON.stringify(value);
    if (!known.has(text)) known.set(text, value);
    return known.get(text);
  });
}
