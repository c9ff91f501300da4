// SPDX-License-Identifier: Apache-2.0
import { parse, stringify } from "yaml";
import { GOOGLE_CLIENT_ID } from "./google.ts";
import { CLIENT_ID } from "./oidc_issuer.ts";

/** Where the application's pages would be. Nothing listens there. */
export const UI = "http://127.0.0.1:4455";

/**
 * One Kratos cannot have every way in at once: code and webauthn are either a first or a second
 * factor, a person's own recovery is by code or by link, and an app gets a session from a recovery
 * only with the feature flag `use_continue_with_transitions`.
 */
export type Setup = "first factors" | "second factors" | "use_continue_with_transitions";

const IDENTITY_SCHEMA = {
  "$id": "https://schemas.example.com/person-with-every-method.json",
  "$schema": "http://json-schema.org/draft-07/schema#",
  type: "object",
  properties: {
    traits: {
      type: "object",
      properties: {
        email: {
          type: "string",
          format: "email",
          "ory.sh/kratos": {
            credentials: {
              password: { identifier: true },
              webauthn: { identifier: true },
              passkey: { "display_name": true },
              code: { identifier: true, via: "email" },
              totp: { "account_name": true },
            },
            recovery: { via: "email" },
            verification: { via: "email" },
          },
        },
      },
      required: ["email"],
    },
  },
};

const MAPPER = "local claims = std.extVar('claims'); " +
  "{ identity: { traits: { email: claims.email } } }";

/** Switches every method on in a kratos.yml. */
export function enableMethods(
  text: string,
  { setup, issuerUrl }: { setup: Setup; issuerUrl: string },
): string {
  const isFirst = setup !== "second factors";
  const config = parse(text);
  const { selfservice } = config;
  config.identity.schemas = [{ id: "person", url: inline(JSON.stringify(IDENTITY_SCHEMA)) }];
  config["feature_flags"] = {
    "use_continue_with_transitions": setup === "use_continue_with_transitions",
  };
  selfservice.flows.registration["enable_legacy_one_step"] = true;
  // Without this, only somebody with a second factor may set one up once there is one.
  selfservice.flows.settings["required_aal"] = "aal1";
  selfservice.flows.recovery.use = isFirst ? "code" : "link";
  const rp = { id: "localhost", "display_name": "Tests", origins: ["http://localhost:4455"] };
  const provider = { "client_secret": "secret", "mapper_url": inline(MAPPER), scope: ["email"] };
  Object.assign(selfservice.methods, {
    code: { enabled: true, [isFirst ? "passwordless_enabled" : "mfa_enabled"]: true },
    link: { enabled: true },
    totp: { enabled: true, config: { issuer: "Tests" } },
    "lookup_secret": { enabled: true },
    webauthn: { enabled: true, config: { passwordless: isFirst, rp } },
    passkey: { enabled: true, config: { rp } },
    oidc: {
      enabled: true,
      config: {
        providers: [
          {
            ...provider,
            id: "corp",
            provider: "generic",
            "client_id": CLIENT_ID,
            "issuer_url": issuerUrl,
          },
          { ...provider, id: "google", provider: "google", "client_id": GOOGLE_CLIENT_ID },
        ],
      },
    },
  });
  return stringify(config, { aliasDuplicateObjects: false });
}

function inline(text: string): string {
  return `base64://${btoa(text)}`;
}
