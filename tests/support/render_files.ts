// SPDX-License-Identifier: Apache-2.0
import { MissingFileError } from "../../cli/frame/command.ts";

/** A small `ory-actions.yaml` with hooks for password and oidc. */
const ACTIONS = `
selfservice:
  flows:
    registration:
      after:
        password: { hooks: [ &initiate { hook: web_hook, config: {
          url: "https://jumio-bridge.example.com/jumio/initiate", method: POST,
          body: "file:///etc/kratos/jumio-bridge/initiate.jsonnet",
          auth: { type: api_key, config: {
            name: X-Webhook-Secret, value: CHANGE-ME-to-ORY_WEBHOOK_SECRET, in: header } },
          response: { ignore: false, parse: false } } } ] }
        oidc: { hooks: [ *initiate ] }
        hooks: [ *initiate ]
    login:
      after:
        password: { hooks: [ &validate { hook: web_hook, config: {
          url: "https://jumio-bridge.example.com/jumio/validate", method: POST,
          body: "file:///etc/kratos/jumio-bridge/validate.jsonnet",
          auth: { type: api_key, config: {
            name: X-Webhook-Secret, value: CHANGE-ME-to-ORY_WEBHOOK_SECRET, in: header } },
          can_interrupt: true } } ] }
        oidc: { hooks: [ *validate ] }
        hooks: [ *validate ]
    recovery:
      after: { hooks: [ *validate ] }
`;

/** The templates that {@linkcode readRenderFile} serves. */
export const TEMPLATES = {
  initiate: "function(ctx) { identity_id: ctx.identity.id }\n",
  validate: "local asked = ['none', 'pending', 'review', 'rejected', 'expired'];\n" +
    "function(ctx) { ask: asked }\n",
  claims: "{ claims: { jumio: std.extVar('session').identity } }\n",
} as const;

/** Reads the files that `operator render` and `operator doctor` need, without a disk. */
export function readRenderFile(path: string): Promise<string> {
  if (path.endsWith("/ory-actions.yaml")) return Promise.resolve(ACTIONS);
  if (path.endsWith("/jsonnet/initiate.jsonnet")) return Promise.resolve(TEMPLATES.initiate);
  if (path.endsWith("/jsonnet/validate.jsonnet")) return Promise.resolve(TEMPLATES.validate);
  if (path.endsWith("/jsonnet/claims.jsonnet")) return Promise.resolve(TEMPLATES.claims);
  return Promise.reject(new MissingFileError(path));
}
