/** Everything that `operator doctor` can find: what it leads to, and what to do. */
export const FINDINGS = {
  "hook_missing": {
    why: "Who comes in by this method is not verified at registration, or not asked about at " +
      "sign-in",
    cure: "Put the hook there: operator render --merge does",
  },
  "hook_in_global_list_only": {
    why: "Kratos takes the flow's own list only where the method's yields no hook at all, and " +
      "never for hooks that run before storage: one more hook under the method switches ours off",
    cure: "Put the hook under the method: operator render --merge does",
  },
  "hook_missing_on_recovery": {
    why: "Recovery gives a session and does not run the sign-in hooks: who is refused at sign-in " +
      "comes in by recovery",
    cure: "Put the hook into selfservice.flows.recovery.after.hooks: operator render --merge does",
  },
  "hook_twice": {
    why: "Kratos waits for the service twice in one flow",
    cure: "Take one of them out: operator render --merge does",
  },
  "interrupts_registration": {
    why: "response.parse and can_interrupt make the hook run before the identity is stored, with " +
      "an id of zeros: the service refuses every registration",
    cure: "Set response.parse to false and remove can_interrupt",
  },
  "cannot_interrupt_sign_in": {
    why: "A refusal ends in an error page, and the person does not read why",
    cure: "Set can_interrupt to true",
  },
  "answer_ignored": {
    why: "Kratos does not wait for the answer: a start may be lost, and a refusal has no effect",
    cure: "Set response.ignore to false",
  },
  "session_before_hook": {
    why: "Kratos runs session last today, whatever its place. Another version may take the list " +
      "at its word, as every reader does: then the session comes before the verification",
    cure: "Move session to the end of the list",
  },
  "session_while_pending_blocked": {
    why: "LOGIN_BLOCKED_STATUSES blocks pending, but session at registration gives a session " +
      "without the sign-in hook, while the verification is pending",
    cure: "Take the session hook out of this list, or pending out of LOGIN_BLOCKED_STATUSES",
  },
  "wrong_secret": {
    why: "The service answers 401, and Kratos blocks the flow",
    cure: "Let the hook send a value of ORY_WEBHOOK_SECRET in the header X-Webhook-Secret",
  },
  "secret_not_filled_in": {
    why: "A placeholder stands where the secret belongs: the service answers 401, and Kratos " +
      "blocks the flow",
    cure: "Fill in the newest value of ORY_WEBHOOK_SECRET when the file is put in place",
  },
  "wrong_path": {
    why: "The service does something else there, or answers 404, and Kratos blocks the flow",
    cure: "Call /jumio/initiate at registration, and /jumio/validate at sign-in and recovery",
  },
  "wrong_method": {
    why: "The service answers 405, and Kratos blocks the flow",
    cure: "Set method to POST",
  },
  "private_address_blocked": {
    why: "clients.http.disallow_private_ip_ranges is on (on Ory Network always), and the address " +
      "of the hook is a private one: Kratos does not call it, and blocks the flow",
    cure: "List the address in clients.http.private_ip_exception_urls, or use a public one",
  },
  "http_without_tls": {
    why: "The secret and the state of a verification cross the network in the clear",
    cure: "Call the service by https://",
  },
  "template_missing": {
    why: "Without a template the hook has no body, and the service refuses it",
    cure: "Set body to the template: operator render --merge does",
  },
  "template_not_ours": {
    why: "What it sends is not what this version of the service reads; it may send traits, which " +
      "the service does not want",
    cure: "Put the template of this version there: operator render --merge does",
  },
  "template_other_statuses": {
    why: "The template asks about other statuses than LOGIN_BLOCKED_STATUSES blocks: people with " +
      "a blocked status come in unasked, or others wait for the service in vain",
    cure: "Render it again with --ask-only and the statuses of LOGIN_BLOCKED_STATUSES",
  },
  "settings_unusable": {
    why: "The service does not start with this environment",
    cure: "Correct the setting; .env.example explains each",
  },
  "kratos_unreachable": {
    why: "No verification can be written to an identity, so no verdict has an effect",
    cure: "Check KRATOS_ADMIN_URL, and that this machine may reach it",
  },
  "kratos_key_refused": {
    why: "Kratos takes no call with this key, so no verdict has an effect",
    cure: "Set ORY_API_KEY to a key of this project (not of the workspace)",
  },
  "kratos_patch_refused": {
    why: "The key reads identities and may not change them, so no verdict has an effect",
    cure: "Set ORY_API_KEY to a key that may patch identities",
  },
  "jumio_token_refused": {
    why: "Without an access token no verification starts and no result is read",
    cure: "Check JUMIO_AUTH_URL, JUMIO_CLIENT_ID and JUMIO_CLIENT_SECRET; OAuth2 must be " +
      "activated for the tenant",
  },
  "jumio_account_refused": {
    why: "No verification can be started",
    cure: "Check the region in JUMIO_API_BASE_URL, and give the client the permission to initiate",
  },
  "jumio_retrieval_refused": {
    why: "No result can be read, so nobody gets a verdict",
    cure: "Check the region in JUMIO_API_BASE_URL, and give the client the permission to retrieve",
  },
  "jumio_start_refused": {
    why: "Jumio does not start this workflow, so no verification starts",
    cure: "Set JUMIO_WORKFLOW_KEY to a workflow of your contract",
  },
  "clock_skew": {
    why: "Access tokens, links and leases end by this machine's clock: too early or too late",
    cure: "Let the machines keep their clocks by NTP",
  },
  "service_unreachable": {
    why: "Nothing answers there as this service does",
    cure: "Start the service, or name its address by --url",
  },
  "kv_down": {
    why: "The service stores nothing: registrations and callbacks are not acknowledged",
    cure: "Check KV_PATH, its disk, or the denokv server",
  },
  "public_url_unfit": {
    why: "Jumio takes https addresses with a name alone for callbacks: no port, no IP address",
    cure: "Put the service behind a name, on port 443, and set PUBLIC_URL to it",
  },
  "callback_unreachable": {
    why: "Jumio's callbacks do not reach the service: verdicts wait for the poll",
    cure: "Let POST /jumio/callback/… through to the service; without a good token it answers 401",
  },
} as const;

/** The name of a finding. Scripts may rely on it. */
export type FindingId = keyof typeof FINDINGS;

/** Something that is wrong, and where. */
export interface Finding {
  readonly id: FindingId;
  /** A place in the configuration, a setting, or an address. Never a secret. */
  readonly where: string;
  /** What was seen, where the table cannot say it. */
  readonly seen?: string;
}

/** What a check has to say: what is wrong, and what could not be looked at. */
export interface Checkup {
  readonly findings: readonly Finding[];
  readonly unchecked: readonly string[];
}
