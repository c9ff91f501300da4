// SPDX-License-Identifier: Apache-2.0
import { type ConfigCase, TEMPLATE_CASES } from "./doctor_template_cases.ts";
import { hooksOf, login, registration, SERVICE, set, setKey } from "./doctor.ts";

const PLACE = "selfservice.flows";

/** A faulty configuration for each finding, and the only finding that it leads to. */
export const CONFIG_CASES: readonly ConfigCase[] = [
  [
    "hook_in_global_list_only",
    "a method whose list is empty",
    `${PLACE}.login.after.oidc.hooks`,
    (config) => {
      hooksOf(config, "login", "oidc").length = 0;
    },
  ],
  [
    "hook_missing",
    "a list with only a foreign hook",
    `${PLACE}.registration.after.password.hooks`,
    (config) => {
      set(registration(config), { url: "https://crm.example.com/new" });
    },
  ],
  [
    "hook_missing_in_global_list",
    "the flow's global list without the hook at sign-in",
    `${PLACE}.login.after.hooks`,
    (config) => {
      delete config.selfservice.flows["login"]?.after.hooks;
    },
  ],
  [
    "hook_missing_in_global_list",
    "the flow's global list without the hook at registration",
    `${PLACE}.registration.after.hooks`,
    (config) => {
      config.selfservice.flows["registration"]?.after.hooks?.pop();
    },
  ],
  [
    "mapper_replaces_metadata",
    "a mapper that replaces metadata_public at each sign-in",
    "selfservice.methods.oidc.config.providers[0]",
    (config) => {
      const provider = {
        id: "company",
        "update_identity_on_login": "automatic",
        "mapper_url": `base64://${btoa("{ identity: { metadata_public: { groups: [] } } }")}`,
      };
      config.selfservice.methods["oidc"] = { enabled: true, config: { providers: [provider] } };
    },
  ],
  [
    "hook_missing_on_recovery",
    "recovery without the hook",
    `${PLACE}.recovery.after.hooks`,
    (config) => {
      config.selfservice.flows["recovery"]?.after.hooks?.pop();
    },
  ],
  ["hook_twice", "the hook twice in a list", `${PLACE}.login.after.password.hooks`, (config) => {
    login(config).push(structuredClone(login(config)[0] ?? { hook: "" }));
  }],
  [
    "interrupts_registration",
    "response.parse at registration",
    `${PLACE}.registration.after.password.hooks[0]`,
    (config) => set(registration(config), { response: { parse: true } }),
  ],
  [
    "interrupts_registration",
    "can_interrupt at registration",
    `${PLACE}.registration.after.password.hooks[0]`,
    (config) => set(registration(config), { "can_interrupt": true }),
  ],
  [
    "cannot_interrupt_sign_in",
    "no can_interrupt at sign-in",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => set(login(config), { "can_interrupt": false }),
  ],
  [
    "cannot_interrupt_sign_in",
    "no can_interrupt at recovery",
    `${PLACE}.recovery.after.hooks[0]`,
    (config) =>
      set(config.selfservice.flows["recovery"]?.after.hooks ?? [], { "can_interrupt": false }),
  ],
  [
    "answer_ignored",
    "response.ignore at sign-in",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => set(login(config), { "can_interrupt": false, response: { ignore: true } }),
  ],
  [
    "session_before_hook",
    "session before the hook",
    `${PLACE}.registration.after.password.hooks`,
    (config) => {
      registration(config).unshift({ hook: "session" });
    },
  ],
  [
    "session_while_pending_blocked",
    "session at registration while pending is blocked",
    `${PLACE}.registration.after.password.hooks`,
    (config) => {
      registration(config).push({ hook: "session" });
    },
    { "LOGIN_BLOCKED_STATUSES": "pending,rejected" },
  ],
  [
    "wrong_secret",
    "another secret",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => setKey(login(config), { value: "another-secret-0123456789" }),
  ],
  [
    "wrong_secret",
    "a secret in another header",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => setKey(login(config), { name: "X-Api-Key" }),
  ],
  ["wrong_secret", "no auth", `${PLACE}.login.after.password.hooks[0]`, (config) => {
    set(login(config), { auth: undefined });
  }],
  [
    "secret_not_filled_in",
    "a placeholder instead of the secret",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => setKey(login(config), { value: "${ORY_WEBHOOK_SECRET}" }),
  ],
  [
    "wrong_path",
    "the sign-in path at registration",
    `${PLACE}.registration.after.password.hooks[0]`,
    (config) => set(registration(config), { url: `${SERVICE}/jumio/validate` }),
  ],
  [
    "wrong_path",
    "a path that the service does not have",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => set(login(config), { url: `${SERVICE}/webhooks/jumio-validate` }),
  ],
  [
    "wrong_path",
    "a path with two slashes at its end",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => set(login(config), { url: `${SERVICE}/jumio/validate//` }),
  ],
  ["wrong_method", "another method", `${PLACE}.login.after.password.hooks[0]`, (config) => {
    set(login(config), { method: "PUT" });
  }],
  [
    "private_address_blocked",
    "a private address that the filter blocks",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => {
      config.clients = { http: { "disallow_private_ip_ranges": true } };
      set(login(config), { url: "https://10.1.2.3/jumio/validate" });
    },
  ],
  [
    "private_address_blocked",
    "a private address on Ory Network",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => set(login(config), { url: "http://bridge:3000/jumio/validate" }),
    { "KRATOS_ADMIN_URL": "https://slug.projects.oryapis.com" },
  ],
  [
    "http_without_tls",
    "http over the network",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => set(login(config), { url: "http://kyc.example.com/jumio/validate" }),
  ],
  [
    "wrong_host",
    "a hook on another host than PUBLIC_URL",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => set(login(config), { url: "https://staging.example.com/jumio/validate" }),
    { "PUBLIC_URL": SERVICE },
  ],
  [
    "wrong_host",
    "a hook on another host than the other hooks",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => set(login(config), { url: "https://old.example.com/jumio/validate" }),
  ],
  [
    "wrong_header",
    "a Content-Type with a charset",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) =>
      set(login(config), { headers: { "Content-Type": "application/json; charset=utf-8" } }),
  ],
  [
    "wrong_header",
    "the Content-Type of a form",
    `${PLACE}.registration.after.password.hooks[0]`,
    (config) =>
      set(registration(config), {
        headers: { "content-type": "application/x-www-form-urlencoded" },
      }),
  ],
  ...TEMPLATE_CASES,
];
