// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { planTokenizer } from "./tokenizer.ts";

const MAPPER = "base64://Y2xhaW1z";
const isSameBody = (found: unknown, wanted: unknown) => found === wanted;
const PRIVATE = { "jwks_url": "base64://cHJpdmF0ZQ==", ttl: "10m" };
const NEW = { "claims_mapper_url": MAPPER, "jwks_url": "${TOKENIZER_JWKS_URL}", ttl: "1m" };

function plan(config: unknown): ReturnType<typeof planTokenizer> {
  return planTokenizer(config, {
    tokenizer: { name: "jumio", mapper: MAPPER },
    isSameBody,
  });
}

/** A configuration with these templates of the tokenizer. */
function withTemplates(templates: unknown): unknown {
  return { session: { whoami: { "required_aal": "aal1", tokenizer: { templates } } } };
}

Deno.test("planTokenizer() adds a template, and the maps on the way to it", () => {
  assert.deepEqual(plan({ session: { whoami: { "required_aal": "aal1" } } }), {
    edits: [{
      op: "add",
      path: ["session", "whoami", "tokenizer"],
      value: { templates: { jumio: NEW } },
    }],
    notes: [],
  });
});

Deno.test("planTokenizer() adds a template beside others", () => {
  assert.deepEqual(plan(withTemplates({ other: PRIVATE })), {
    edits: [{
      op: "add",
      path: ["session", "whoami", "tokenizer", "templates", "jumio"],
      value: NEW,
    }],
    notes: [],
  });
});

Deno.test("planTokenizer() keeps the keys and the lifetime of an existing template", () => {
  const { edits } = plan(withTemplates({ jumio: PRIVATE }));

  assert.deepEqual(edits, [{
    op: "add",
    path: ["session", "whoami", "tokenizer", "templates", "jumio", "claims_mapper_url"],
    value: MAPPER,
  }]);
});

Deno.test("planTokenizer() plans nothing where the mapper is ours", () => {
  const config = withTemplates({ jumio: { ...PRIVATE, "claims_mapper_url": MAPPER } });

  assert.deepEqual(plan(config), { edits: [], notes: [] });
});

Deno.test("planTokenizer() keeps a foreign mapper, and says so", () => {
  const config = withTemplates({ jumio: { ...PRIVATE, "claims_mapper_url": "file:///own" } });

  const { edits, notes } = plan(config);

  assert.deepEqual(edits, []);
  assert.match(notes.join(), /"jumio" of the tokenizer keeps its own claims mapper/);
});
