/** Everything that `operator doctor` can find: why it matters and how to fix it. */
export const FINDINGS = {
  "hook_missing": {
    why: "People who use this method are not verified at registration, or not checked at sign-in",
    fix: "Add the hook, for example with operator render --merge",
  },
  "hook_in_global_list_only": {
    why:
      "The hook runs for this method, because Kratos uses the flow's global list if the method's " +
      "list has no hooks. But the first other hook in the method's list switches ours off",
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
  "settings_unusable": {
    why: "The service does not start with this environment",
    fix: "Correct the setting. .env.example explains each setting",
  },
  "kratos_unreachable": {
    why: "The service cannot write to identities, so no verdict has an effect",
    fix: "Check KRATOS_ADMIN_URL, and that this machine can reach it",
  },
  "kratos_key_refused": {
    why: "Kratos refuses every call with this key, so no verdict has an effect",
    fix: "Set ORY_API_KEY to a key of this project (not of the workspace)",
  },
  "kratos_too_old": {
    why:
      "Kratos before 1.3.0 runs no sign-in hooks if a registration turns into a sign-in, so people " +
      "who are refused at sign-in can get a session",
    fix: "Update Kratos to 1.3.0 or later",
  },
  "kratos_patch_refused": {
    why: "The key can read identities but not change them, so no verdict has an effect",
    fix: "Set ORY_API_KEY to a key that may patch identities",
  },
  "jumio_token_refused": {
    why: "Without an access token no verification starts and no result is read",
    fix:
      "Check JUMIO_AUTH_URL, JUMIO_CLIENT_ID and JUMIO_CLIENT_SECRET. OAuth2 must be activated " +
      "for the tenant",
  },
  "jumio_account_refused": {
    why: "No verification can start",
    fix: "Check the region in JUMIO_API_BASE_URL, and give the client the permission to initiate",
  },
  "jumio_retrieval_refused": {
    why: "No result can be read, so nobody gets a verdict",
    fix: "Check the region in JUMIO_API_BASE_URL, and give the client the permission to retrieve",
  },
  "jumio_start_refused": {
    why: "Jumio does not start this workflow, so no verification starts",
    fix: "Set JUMIO_WORKFLOW_KEY to a workflow of your contract",
  },
  "clock_skew": {
    why: "Access tokens, links and leases expire by this machine's clock: too early or too late",
    fix: "Synchronize the clocks with NTP",
  },
  "service_unreachable": {
    why: "The service does not answer at this address",
    fix: "Start the service, or set its address with --url",
  },
  "hook_secret_refused": {
    why:
      "The running service does not accept this value of ORY_WEBHOOK_SECRET. If Kratos sends it, " +
      "the service answers 401 and Kratos blocks the flow",
    fix: "Restart every instance with the new values, or set the value that the service has",
  },
  "secret_short": {
    why: "A value of this secret has under 16 characters, so it can be guessed over the network",
    fix: "Replace it by a longer one. To rotate it, set both values, the newer one first",
  },
  "kv_down": {
    why: "The service cannot store anything, so it refuses registrations and callbacks",
    fix: "Check KV_PATH, its disk, or the denokv server",
  },
  "public_url_unfit": {
    why:
      "Jumio accepts only https addresses with a host name for callbacks: no port, no IP address",
    fix: "Give the service a host name on port 443, and set PUBLIC_URL to it",
  },
  "event_refused": {
    why: "The application gets no events, and learns of verdicts only when it asks Ory",
    fix:
      "Let the application answer 2xx to a POST with a valid signature, also to the type test. " +
      "Check EVENTS_URL, and that the application has a value of EVENTS_SECRET",
  },
  "callback_unreachable": {
    why: "Jumio's callbacks do not reach the service, so verdicts wait for the next poll",
    fix: "Let POST /jumio/callback/… through to the service. It answers 401 to a wrong token",
  },
} as const;

/** The name of a finding. Scripts may depend on it. */
export type FindingId = keyof typeof FINDINGS;

/** Something that is wrong, and its place. */
export interface Finding {
  readonly id: FindingId;
  /** A path in the configuration, a setting, or an address. Never a secret. */
  readonly where: string;
  /** What the doctor saw, if {@linkcode FINDINGS} does not say it. */
  readonly seen?: string;
}

/** The result of a check: findings, and what could not be checked. */
export interface CheckResult {
  readonly findings: readonly Finding[];
  readonly unchecked: readonly string[];
}

/** Collects the result of a check. */
export interface Report extends CheckResult {
  add(id: FindingId, where: string, seen?: string): void;
  addUnchecked(text: string): void;
}

/** Creates an empty report. */
export function createReport(): Report {
  const findings: Finding[] = [];
  const unchecked: string[] = [];
  return {
    findings,
    unchecked,
    add(id, where, seen) {
      findings.push({ id, where, ...(seen === undefined ? {} : { seen }) });
    },
    addUnchecked(text) {
      if (!unchecked.includes(text)) unchecked.push(text);
    },
  };
}
