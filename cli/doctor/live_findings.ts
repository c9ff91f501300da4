// SPDX-License-Identifier: Apache-2.0
/** What `operator doctor` can find in the running setup: why it matters and how to fix it. */
export const LIVE_FINDINGS = {
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
