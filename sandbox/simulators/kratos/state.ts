import type { KratosMessage, PlacedMessages } from "./_hooks.ts";

/** What Kratos shows for the id of something that it has not stored yet. */
export const ZERO_ID = "00000000-0000-0000-0000-000000000000";

/** An identity as the simulator keeps it. */
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

/** A session. A registration whose hook failed leaves one that nobody was given. */
export interface SimulatedSession {
  readonly id: string;
  /** The value of `X-Session-Token`, or of the cookie. */
  readonly token: string;
  readonly identityId: string;
  readonly method: string;
  readonly authenticatedAt: string;
}

/** One self-service run. */
export interface SimulatedFlow {
  readonly id: string;
  readonly name: "registration" | "login" | "recovery";
  /** Of a recovery that an administrator made: whom it lets in, and by what, until it is used. */
  readonly identityId?: string;
  code?: string | undefined;
  active?: string;
  messages: readonly KratosMessage[];
  /** Messages at a field of the form. */
  fields: ReadonlyMap<string, readonly KratosMessage[]>;
}

/** What the simulator remembers. */
export interface KratosState {
  readonly identities: Map<string, SimulatedIdentity>;
  /** By identity id. */
  readonly passwords: Map<string, string>;
  /** By token. */
  readonly sessions: Map<string, SimulatedSession>;
  readonly flows: Map<string, SimulatedFlow>;
}

const FIELDS: Readonly<Record<SimulatedFlow["name"], readonly string[]>> = {
  registration: ["traits.email", "password"],
  login: ["identifier", "password"],
  recovery: ["email"],
};

/** Starts a flow. */
export function createFlow(
  { flows }: KratosState,
  name: SimulatedFlow["name"],
  rest: Partial<SimulatedFlow> = {},
): SimulatedFlow {
  const fields = new Map(
    (rest.code === undefined ? FIELDS[name] : ["code"]).map((field) => [field, []]),
  );
  const flow: SimulatedFlow = { messages: [], fields, ...rest, id: crypto.randomUUID(), name };
  flows.set(flow.id, flow);
  return flow;
}

/** Makes an identity as a registration does. It is the caller's to store. */
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

/** Makes a session. It is the caller's to store, and to give away. */
export function createSession(
  { identityId, method, now }: { identityId: string; method: string; now: number },
): SimulatedSession {
  return {
    id: crypto.randomUUID(),
    token: `ory_st_${crypto.randomUUID().replaceAll("-", "")}`,
    identityId,
    method,
    authenticatedAt: new Date(now).toISOString(),
  };
}

/** An identity as the person and the hooks see it. */
export function toPublic(identity: SimulatedIdentity): Omit<SimulatedIdentity, "metadata_admin"> {
  const { "metadata_admin": _hidden, ...rest } = identity;
  return structuredClone(rest);
}

/** A session as Kratos describes it. One that is not stored yet has the zero id. */
export function describeSession(
  { id, method, authenticatedAt }: SimulatedSession,
  { identity, isStored = true }: { identity: SimulatedIdentity; isStored?: boolean },
): Record<string, unknown> {
  const aal = method === "totp" || method === "lookup_secret" ? "aal2" : "aal1";
  return {
    id: isStored ? id : ZERO_ID,
    active: true,
    "authenticated_at": authenticatedAt,
    "authenticator_assurance_level": aal,
    "authentication_methods": [{ method, aal, "completed_at": authenticatedAt }],
    "issued_at": authenticatedAt,
    identity: toPublic(identity),
  };
}

/** A flow as its page and its submitter see it. */
export function describeFlow(
  { id, name, active, messages, fields }: SimulatedFlow,
  publicUrl: string,
): Record<string, unknown> {
  const nodes = Array.from(fields, ([field, ofField]) => ({
    type: "input",
    group: "default",
    attributes: { name: field, type: "text", "node_type": "input" },
    messages: ofField,
    meta: {},
  }));
  return {
    id,
    type: name === "recovery" ? "browser" : "api",
    ...(active === undefined ? {} : { active }),
    ui: {
      action: `${publicUrl}/self-service/${name}?flow=${id}`,
      method: "POST",
      nodes,
      // Kratos leaves the key out where there are none.
      ...(messages.length > 0 ? { messages } : {}),
    },
  };
}

/** Puts messages where their pointers say, in the place of all earlier ones. */
export function placeMessages(
  flow: SimulatedFlow,
  placed: readonly PlacedMessages[],
): void {
  const fields = new Map<string, readonly KratosMessage[]>();
  for (const name of flow.fields.keys()) fields.set(name, []);
  flow.messages = placed.filter(({ field }) => field === "").flatMap(({ messages }) => messages);
  for (const { field, messages } of placed) {
    // A field that the form does not have, Kratos appends.
    if (field !== "") fields.set(field, [...fields.get(field) ?? [], ...messages]);
  }
  flow.fields = fields;
}

/** Finds whom an e-mail address belongs to, in whatever case. */
export function findByEmail(
  { identities }: KratosState,
  email: string,
): SimulatedIdentity | undefined {
  const wanted = email.toLowerCase();
  return identities.values().find(({ traits }) => traits.email.toLowerCase() === wanted);
}

/** Kratos's answer to what it refuses or does not have. `status` may differ from the error's. */
export function answerError(
  code: number,
  { status = code, message = "", reason, headers = {} }: {
    status?: number;
    message?: string;
    reason?: string;
    headers?: Record<string, string>;
  } = {},
): Response {
  const error = { code, ...(reason === undefined ? {} : { reason }), message };
  return Response.json({ error }, { status, headers });
}
