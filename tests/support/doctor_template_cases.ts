// SPDX-License-Identifier: Apache-2.0
import type { FindingId } from "../../cli/doctor/findings.ts";
import { type KratosConfig, login, registration, set } from "./doctor.ts";

const PLACE = "selfservice.flows";
const TOKENIZER = "session.whoami.tokenizer.templates.jumio";

const KEYS = { keys: [{ kty: "oct", alg: "HS256", k: "eA" }] };

/** Adds the template of a tokenizer with our claims mapper and a private key. */
function setTokenizer(config: KratosConfig, changes: Record<string, unknown>): void {
  const template = {
    "claims_mapper_url": decodeURIComponent(
      new URL("../../jsonnet/claims.jsonnet", import.meta.url).href,
    ),
    "jwks_url": `base64://${btoa(JSON.stringify(KEYS))}`,
    ...changes,
  };
  Object.assign(config, { session: { whoami: { tokenizer: { templates: { jumio: template } } } } });
}

/** The only finding that a faulty configuration leads to, its place, and how to make it faulty. */
export type ConfigCase = readonly [
  id: FindingId,
  name: string,
  where: string,
  spoil: (config: KratosConfig) => void,
  env?: Record<string, string>,
];

/** A faulty template or key set for each finding about them. */
export const TEMPLATE_CASES: readonly ConfigCase[] = [
  [
    "template_not_found",
    "a template in a file that is not there",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => set(login(config), { body: "file:///etc/kratos/no-such-file.jsonnet" }),
  ],
  [
    "template_broken",
    "broken base64",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => set(login(config), { body: "base64://%%%" }),
  ],
  [
    "template_broken",
    "a template that was cut off",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => set(login(config), { body: `base64://${btoa("function(ctx) {")}` }),
  ],
  [
    "template_not_found",
    "a claims mapper in a file that is not there",
    TOKENIZER,
    (config) => setTokenizer(config, { "claims_mapper_url": "file:///no-such-file.jsonnet" }),
  ],
  [
    "claims_mapper_not_ours",
    "another claims mapper with the claim jumio",
    TOKENIZER,
    (config) =>
      setTokenizer(config, { "claims_mapper_url": `base64://${btoa("{ claims: { jumio: 1 } }")}` }),
  ],
  [
    "tokenizer_keys_unusable",
    "a placeholder for the keys of the tokenizer",
    `${TOKENIZER}.jwks_url`,
    (config) => setTokenizer(config, { "jwks_url": "${TOKENIZER_JWKS_URL}" }),
  ],
  ["template_missing", "no template", `${PLACE}.login.after.password.hooks[0]`, (config) => {
    set(login(config), { body: undefined });
  }],
  [
    "template_not_ours",
    "a template with traits",
    `${PLACE}.registration.after.password.hooks[0]`,
    (config) =>
      set(registration(config), { body: `base64://${btoa("function(ctx) ctx.identity")}` }),
  ],
  [
    "template_not_ours",
    "the template of registration at sign-in",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => set(login(config), { body: registration(config)[0]?.config.body }),
  ],
];
