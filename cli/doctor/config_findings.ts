// SPDX-License-Identifier: Apache-2.0
/** What `operator doctor` can find in Ory's configuration: why it matters and how to fix it. */
export const CONFIG_FINDINGS = {
  "hook_missing": {
    why: "People who use this method are not verified at registration, or not checked at sign-in",
    fix: "Add the hook, for example with operator render --merge",
  },
  "hook_in_global_list_only": {
    level: "warning",
    why: "This works as long as the method's own list has no hooks at all: then Kratos uses the " +
      "flow's global list. The first other hook in the method's list (also session or " +
      "require_verified_address) switches ours off",
    fix: "Add the hook to the method's list, for example with operator render --merge",
  },
  "hook_missing_in_global_list": {
    why:
      "Kratos uses the flow's global list if it does not know the method yet (native sign-in by " +
      "OIDC id_token, such as Sign in with Apple or Google in an app) and for methods without a " +
      "list. There, rejected people get a session, and new people are not verified",
    fix: "Add the hook to after.hooks of the flow, for example with operator render --merge",
  },
  "hook_missing_on_recovery": {
    why:
      "Recovery gives a session without running the sign-in hooks, so people who are refused at " +
      "sign-in can get in through recovery",
    fix: "Add the hook to selfservice.flows.recovery.after.hooks, for example with " +
      "operator render --merge",
  },
  "hook_twice": {
    why: "Kratos calls the service twice in one flow and waits for both answers",
    fix: "Remove one of the hooks, for example with operator render --merge",
  },
  "interrupts_registration": {
    why:
      "With response.parse or can_interrupt the hook runs before Kratos stores the identity, with " +
      "an id of zeros. The service refuses every registration",
    fix: "Set response.parse to false and remove can_interrupt",
  },
  "cannot_interrupt_sign_in": {
    why: "A person who is refused sees an error page instead of the reason",
    fix: "Set can_interrupt to true",
  },
  "answer_ignored": {
    why: "Kratos does not wait for the answer. A start may be lost, and a refusal has no effect",
    fix: "Set response.ignore to false",
  },
  "session_before_hook": {
    why:
      "Kratos runs session last today, wherever it is in the list. Another version may follow the " +
      "order of the list and create the session before the verification starts",
    fix: "Move session to the end of the list",
  },
  "session_while_pending_blocked": {
    why: "LOGIN_BLOCKED_STATUSES blocks pending, but session at registration creates a session " +
      "without the sign-in hook while the verification is pending",
    fix: "Remove the session hook from this list, or pending from LOGIN_BLOCKED_STATUSES",
  },
  "wrong_secret": {
    why: "The service answers 401, and Kratos blocks the flow",
    fix: "Send a value of ORY_WEBHOOK_SECRET in the header X-Webhook-Secret",
  },
  "secret_not_filled_in": {
    why:
      "The hook sends a placeholder instead of the secret. The service answers 401, and Kratos " +
      "blocks the flow",
    fix: "Fill in the newest value of ORY_WEBHOOK_SECRET when you install the file",
  },
  "mapper_replaces_metadata": {
    why:
      "At each sign-in with this provider, Kratos replaces the whole metadata_public by what the " +
      "mapper returns, before it runs our hook. The status of the verification is lost",
    fix: "Add to what the identity has, std.extVar('identity').metadata_public, or return no " +
      "metadata_public, or set update_identity_on_login to never",
  },
  "wrong_path": {
    why: "The service answers 404 or does something else at this path, and Kratos blocks the flow",
    fix: "Call /jumio/initiate at registration, and /jumio/validate at sign-in and recovery",
  },
  "wrong_host": {
    why: "The secret and the state of verifications go to another host, and the service is not " +
      "asked, unless it has this name too",
    fix:
      "Call the host of PUBLIC_URL or a private address. If the service has this name too, run " +
      "the doctor with --url and this address",
  },
  "wrong_header": {
    why:
      "Kratos sends no body if Content-Type is anything but application/json or a form, not even " +
      "with a charset. The service refuses a form and a Content-Encoding. Kratos blocks the flow",
    fix: "Remove the header, for example with operator render --merge",
  },
  "wrong_method": {
    why: "The service answers 405, and Kratos blocks the flow",
    fix: "Set method to POST",
  },
  "private_address_blocked": {
    why: "Kratos does not call private addresses if clients.http.disallow_private_ip_ranges is " +
      "on, as on Ory Network. The hook has a private address, so Kratos blocks the flow",
    fix: "Add the address to clients.http.private_ip_exception_urls, or use a public address",
  },
  "http_without_tls": {
    why: "The secret and the state of verifications cross the network unencrypted",
    fix: "Call the service with https://",
  },
  "template_missing": {
    why: "Without a template the hook has no body, and the service refuses it",
    fix: "Set body to the template, for example with operator render --merge",
  },
  "template_not_found": {
    why: "Kratos does not find this file, so it blocks the flow or makes no token",
    fix: "Put the file there. Kratos reads a path without %20 and the like, from its own working " +
      "directory. On Ory Network inline it. If Kratos has other files than this machine, add " +
      "--kratos-elsewhere",
  },
  "template_broken": {
    why:
      "Kratos cannot decode or parse this, so it does not start, blocks the flow or makes no token",
    fix: "Install the file of this version again, for example with operator render --merge",
  },
  "claims_mapper_not_ours": {
    level: "warning",
    why: "The mapper makes a claim jumio, and is not the one of this version. The claim may say " +
      "something else than the service",
    fix: "Compare it with jsonnet/claims.jsonnet. With more claims beside jumio it is fine",
  },
  "tokenizer_keys_unusable": {
    why: "Kratos makes no token with this template of the tokenizer",
    fix: "Set jwks_url to the address of a set (JWKS) whose first key is private and has alg, as " +
      "docs/operator.md shows",
  },
  "template_not_ours": {
    why:
      "The template is not the one of this version. The service may not understand what it sends, " +
      "and it may send traits that the service must not get",
    fix: "Install the template of this version, for example with operator render --merge",
  },
  "template_other_statuses": {
    why:
      "The template asks about other statuses than LOGIN_BLOCKED_STATUSES blocks. People with a " +
      "blocked status may sign in unchecked, or sign-ins of others depend on the service",
    fix: "Render the template again with --ask-only and the statuses of LOGIN_BLOCKED_STATUSES",
  },
} as const;
