// SPDX-License-Identifier: Apache-2.0
/** What a failure of a job means, and what an operator does. */
export interface Cure {
  /** As in a dead letter. */
  readonly reasons: readonly string[];
  /** Null: any status that no other row of the same reason names, or none. */
  readonly statuses: readonly (number | "5xx")[] | null;
  readonly upstream: "Jumio" | "Ory" | "Application" | "KV" | null;
  readonly meaning: string;
  readonly nextStep: string;
}

/**
 * The table of cures. The operator's page, the API and the program show its rows, and
 * docs/operations.md has them all.
 */
export const CURES: readonly Cure[] = [
  {
    reasons: ["jumio_timeout", "jumio_network"],
    statuses: null,
    upstream: "Jumio",
    meaning: "Jumio does not answer",
    nextStep: "Wait: the job is retried. Replay a dead letter when Jumio answers again",
  },
  {
    reasons: ["jumio_status"],
    statuses: [401, 403],
    upstream: "Jumio",
    meaning: "Jumio refuses our OAuth client, or the client may not make this call",
    nextStep:
      "Correct JUMIO_CLIENT_ID, JUMIO_CLIENT_SECRET or the client's permissions, and restart every instance. Replay dead letters",
  },
  {
    reasons: ["jumio_status"],
    statuses: [400],
    upstream: "Jumio",
    meaning: "Jumio does not accept what we send, most often the workflow key",
    nextStep: "Compare JUMIO_WORKFLOW_KEY with Jumio's portal, restart every instance, then replay",
  },
  {
    reasons: ["jumio_status"],
    statuses: [429],
    upstream: "Jumio",
    meaning: "There are more calls than Jumio's limit for the account allows",
    nextStep: "Lower JUMIO_STARTS_PER_SECOND, or ask Jumio for a higher limit. Replay dead letters",
  },
  {
    reasons: ["jumio_status"],
    statuses: ["5xx"],
    upstream: "Jumio",
    meaning: "Jumio is down",
    nextStep: "Wait: the job is retried. Replay a dead letter when Jumio works again",
  },
  {
    reasons: ["jumio_status"],
    statuses: null,
    upstream: "Jumio",
    meaning: "Jumio refuses this call",
    nextStep: "Look at the execution in Jumio's portal, then replay",
  },
  {
    reasons: ["jumio_not_found"],
    statuses: null,
    upstream: "Jumio",
    meaning: "Jumio does not know the execution: it has deleted it",
    nextStep: "verification restart gives the person a new execution",
  },
  {
    reasons: ["jumio_malformed", "jumio_too_large", "jumio_redirect", "jumio_origin_not_allowed"],
    statuses: null,
    upstream: "Jumio",
    meaning: "The answer is not in Jumio's format, over 1 MiB, a redirect, or names another host",
    nextStep: "Check JUMIO_AUTH_URL, JUMIO_API_BASE_URL and the proxies in between, then replay",
  },
  {
    reasons: ["jumio_other_account"],
    statuses: null,
    upstream: "Jumio",
    meaning: "Jumio made the new execution on another account. It is not recorded",
    nextStep: "Do not replay: each try costs money. Ask Jumio's support",
  },
  {
    reasons: ["details_unfinished"],
    statuses: null,
    upstream: "Jumio",
    meaning: "Jumio says PROCESSED, and its details stayed unfinished for a day",
    nextStep: "Ask Jumio's support, or verification restart",
  },
  {
    reasons: ["read_back_mismatch"],
    statuses: null,
    upstream: "Jumio",
    meaning: "Jumio's details name another identity, account or execution",
    nextStep: "Do not replay. Find out with Jumio's support who started the execution",
  },
  {
    reasons: ["kratos_timeout", "kratos_network"],
    statuses: null,
    upstream: "Ory",
    meaning: "Ory does not answer",
    nextStep: "Wait: the job is retried. Replay a dead letter when Ory answers again",
  },
  {
    reasons: ["kratos_status"],
    statuses: [401, 403],
    upstream: "Ory",
    meaning: "Ory, or a proxy in front of it, refuses our key",
    nextStep: "Correct ORY_API_KEY, and restart every instance. Replay dead letters",
  },
  {
    reasons: ["kratos_status"],
    statuses: [429],
    upstream: "Ory",
    meaning: "There are more calls than Ory's rate limit allows",
    nextStep: "Wait: the job is retried. Replay dead letters",
  },
  {
    reasons: ["kratos_status"],
    statuses: ["5xx"],
    upstream: "Ory",
    meaning: "Ory is down",
    nextStep: "Wait: the job is retried. Replay a dead letter when Ory works again",
  },
  {
    reasons: ["kratos_status"],
    statuses: null,
    upstream: "Ory",
    meaning: "Ory refuses this call",
    nextStep: "Look at the identity in Ory, and check KRATOS_ADMIN_URL. Then replay",
  },
  {
    reasons: ["patch_refused"],
    statuses: null,
    upstream: "Ory",
    meaning: "Ory refuses the write, and metadata_public is an object",
    nextStep:
      "Correct the identity: most often it no longer fits its schema. Then replay. A 404 or 405: KRATOS_ADMIN_URL",
  },
  {
    reasons: ["identity_overwritten"],
    statuses: null,
    upstream: "Ory",
    meaning:
      "What was written to the identity is gone again. In a dead letter: it was gone six times in a row",
    nextStep: "Find the program that writes it, or update Kratos. Then replay a dead letter",
  },
  {
    reasons: [
      "kratos_malformed",
      "kratos_too_large",
      "kratos_redirect",
      "kratos_origin_not_allowed",
    ],
    statuses: null,
    upstream: "Ory",
    meaning: "The answer is not in Kratos's format, over 1 MiB, or a redirect",
    nextStep: "Correct KRATOS_ADMIN_URL: it must lead to Kratos without a redirect. Then replay",
  },
  {
    reasons: [
      "kv_timeout",
      "kv_network",
      "kv_locked",
      "kv_disk_full",
      "kv_corrupt",
      "kv_cannot_open",
      "kv_no_access_token",
      "kv_bad_sum",
      "kv_file_gone",
      "kv_failed",
    ],
    statuses: null,
    upstream: "KV",
    meaning: "KV does not answer, or cannot be written",
    nextStep: "Bring KV back: the log line says what is wrong with it",
  },
  {
    reasons: [
      "receiver_status",
      "receiver_redirect",
      "receiver_timeout",
      "receiver_network",
      "receiver_too_large",
      "receiver_malformed",
      "receiver_origin_not_allowed",
    ],
    statuses: null,
    upstream: "Application",
    meaning: "Your application does not accept an event",
    nextStep:
      "Repair it. 401: compare EVENTS_SECRET. 404, a redirect: EVENTS_URL. After three days: events replay",
  },
  {
    reasons: ["bug"],
    statuses: null,
    upstream: null,
    meaning: "A bug in this service",
    nextStep: "Report it, with the stack of the log line",
  },
];
