// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestRuntime } from "../../tests/support/operator_runtime.ts";
import { readRenderFile, TEMPLATES } from "../../tests/support/render_files.ts";
import { inlineTemplate } from "../kratos_config/templates.ts";
import { readAllHooks } from "./options.ts";
import { compareBodies, planAll, type Wanted } from "./plan.ts";

const COMMENTED = `// A comment of the operator's.\n${TEMPLATES.claims}`;

async function want(tokenizer: Wanted["tokenizer"]): Promise<Wanted> {
  const hooks = await readAllHooks({ serviceUrl: "https://b.example.com" }, {
    readFile: readRenderFile,
  });
  return { hooks, tokenizer };
}

Deno.test("planAll() plans the hooks, and the tokenizer only if it is wanted", async () => {
  const isSameBody = () => false;

  const hooksOnly = planAll({}, { wanted: await want(undefined), isSameBody });
  const both = planAll({}, { wanted: await want({ name: "jumio", mapper: "x" }), isSameBody });

  assert(hooksOnly.edits.length > 0);
  assert.deepEqual(both.edits.slice(0, -1), hooksOnly.edits);
  assert.deepEqual(both.edits.at(-1)?.path, ["session"]);
});

Deno.test("compareBodies() finds hooks and a mapper that have our templates elsewhere, each for its flow", async () => {
  const { runtime } = createTestRuntime({ readFile: readRenderFile });
  const wanted = await want({ name: "jumio", mapper: inlineTemplate(TEMPLATES.claims) });
  const body = "file:///work/jsonnet/validate.jsonnet";
  const hook = {
    hook: "web_hook",
    config: { url: "https://b.example.com/jumio/validate", body },
  };
  const config = {
    selfservice: { flows: { recovery: { after: { hooks: [hook] } } } },
    session: {
      whoami: {
        tokenizer: { templates: { jumio: { "claims_mapper_url": inlineTemplate(COMMENTED) } } },
      },
    },
  };

  const isSame = await compareBodies(config, { wanted, templates: TEMPLATES, tools: runtime });

  const bodyOf = (flow: string) =>
    wanted.hooks.find((place) => place.flow === flow)?.hook.config?.["body"];
  assert.equal(isSame(body, bodyOf("recovery")), true);
  assert.equal(isSame(body, bodyOf("registration")), false);
  assert.equal(isSame(inlineTemplate(COMMENTED), wanted.tokenizer?.mapper), true);
  assert.equal(isSame(bodyOf("login"), bodyOf("login")), true);
});

Deno.test("compareBodies() leaves out a mapper of other content", async () => {
  const { runtime } = createTestRuntime({ readFile: readRenderFile });
  const wanted = await want({ name: "jumio", mapper: inlineTemplate(TEMPLATES.claims) });
  const foreign = inlineTemplate("{ claims: {} }");
  const config = {
    session: { whoami: { tokenizer: { templates: { jumio: { "claims_mapper_url": foreign } } } } },
  };

  const isSame = await compareBodies(config, { wanted, templates: TEMPLATES, tools: runtime });

  assert.equal(isSame(foreign, wanted.tokenizer?.mapper), false);
});
