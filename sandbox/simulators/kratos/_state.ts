// SPDX-License-Identifier: Apache-2.0
import type { SimulatedFlow } from "./_flows.ts";

/** The id that Kratos shows for an identity or session that is not stored yet. */
export const ZERO_ID = "00000000-0000-0000-0000-000000000000";

/** Kratos's default. The simulator ends no session by it. */
const SESSION_LIFETIME_MS = 86_400_000;

/** An identity as the simulator stores it. */
export interface SimulatedIdentity {
  readonly id: string;
  readonly "schema_id": string;
  state: string;
  traits: { email: string };
  "metadata_public": unknown;
  "metadata_admin": unknown;
  readonly "created_at": string;
  "updated_at": string;
}

/** A session. A registration whose hook failed leaves a session whose token nobody received. */
export interface SimulatedSession {
  readonly id: string;
  /** The value of `X-Session-Token`, or of the cookie. */
  readonly token: string;
  /** Ends the session in a browser. */
  readonly logoutToken: string;
  readonly identityId: string;
  readonly method: string;
  readonly authenticatedAt: string;
}

/** A mail that Kratos would send. */
interface SimulatedMail {
  readonly recipient: string;
  readonly body: string;
  readonly "created_at": string;
}

/** Everything that a simulator remembers. */
export interface KratosState {
  readonly identities: Map<string, SimulatedIdentity>;
  /** By identity id. */
  readonly passwords: Map<string, string>;
  /** By token. */
  readonly sessions: Map<string, SimulatedSession>;
  readonly flows: Map<string, SimulatedFlow>;
  /** Identity ids by provider and subject. */
  readonly oidcSubjects: Map<string, string>;
  readonly mails: SimulatedMail[];
  /** The tokens of sessions that people have ended themselves. */
  readonly endedTokens: Set<string>;
  /** What the application's page for errors reads, by the id in its address. */
  readonly errors: Map<string, unknown>;
}

export function createState(): KratosState {
  return {
    identities: new Map(),
    passwords: new Map(),
    sessions: new Map(),
    flows: new Map(),
    oidcSubjects: new Map(),
    mails: [],
    endedTokens: new Set(),
    errors: new Map(),
  };
}

/** Creates an identity. Does not store it. */
export function createIdentity(traits: { email: string }, now: number): SimulatedIdentity {
  const timestamp = new Date(now).toISOString();
  return {
    id: crypto.randomUUID(),
    "schema_id": "person",
    state: "active",
    traits,
    "metadata_public": null,
    "metadata_admin": null,
    "created_at": timestamp,
    "updated_at": timestamp,
  };
}

/** Creates a session. Does not store it. */
export function createSession(
  { identityId, method, now }: { identityId: string; method: string; now: number },
): SimulatedSession {
  return {
    id: crypto.randomUUID(),
    token: `ory_st_${crypto.randomUUID().replaceAll("-", "")}`,
    logoutToken: `ory_lo_${crypto.randomUUID().replaceAll("-", "")}`,
    identityId,
    method,
    authenticatedAt: new Date(now).toISOString(),
  };
}

/** An identity as the person and the hooks see it: without admin metadata. */
export function toPublic(identity: SimulatedIdentity): Omit<SimulatedIdentity, "metadata_admin"> {
  const { "metadata_admin": _hidden, ...rest } = identity;
  return structuredClone(rest);
}

/** A session as Kratos's API shows it. */
export function describeSession(
  { id, method, authenticatedAt }: SimulatedSession,
  { identity, isStored = true }: { identity: SimulatedIdentity; isStored?: boolean },
): Record<string, unknown> {
  const aal = method === "totp" || method === "lookup_secret" ? "aal2" : "aal1";
  return {
    id: isStored ? id : ZERO_ID,
    active: true,
    "expires_at": new Date(Date.parse(authenticatedAt) + SESSION_LIFETIME_MS).toISOString(),
    "authenticated_at": authenticatedAt,
    "authenticator_assurance_level": aal,
    "authentication_methods": [{ method, aal, "completed_at": authenticatedAt }],
    "issued_at": authenticatedAt,
    identity: toPublic(identity),
  };
}

/** Finds an identity by its e-mail address. Ignores case. */
export function findByEmail(
  { identities }: KratosState,
  email: string,
): SimulatedIdentity | undefined {
  const wanted = email.toLowerCase();
  return identities.values().find(({ traits }) => traits.email.toLowerCase() === wanted);
}
