/** Kratos's message to a person. */
export interface KratosMessage {
  readonly id: number;
  readonly text: string;
  readonly type: string;
  readonly context?: unknown;
}

/** Messages and the form field that shows them. The field `""` is the form as a whole. */
export interface PlacedMessages {
  readonly field: string;
  readonly messages: readonly KratosMessage[];
}

/** A self-service flow. */
export interface SimulatedFlow {
  readonly id: string;
  readonly name: "registration" | "login" | "recovery";
  /** The identity that a recovery is for. */
  identityId?: string;
  /** The code of a mail, or of an administrator for a recovery, until it is used. */
  code?: string | undefined;
  /** The token of a recovery's link, until it is used. */
  token?: string | undefined;
  /** Whether a login makes an earlier session fresh again. */
  readonly isRefresh?: boolean;
  /** The method that was submitted. */
  active?: string;
  messages: readonly KratosMessage[];
  fields: ReadonlyMap<string, readonly KratosMessage[]>;
}

const FIELDS: Readonly<Record<SimulatedFlow["name"], readonly string[]>> = {
  registration: ["traits.email", "password"],
  login: ["identifier", "password"],
  recovery: ["email"],
};

/** Creates a flow and stores it. */
export function createFlow(
  { flows }: { flows: Map<string, SimulatedFlow> },
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

/** A flow as Kratos's API shows it. */
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
      // Kratos leaves out the key when there are no messages.
      ...(messages.length > 0 ? { messages } : {}),
    },
  };
}

/** Replaces all messages of a flow. */
export function placeMessages(flow: SimulatedFlow, placed: readonly PlacedMessages[]): void {
  const fields = new Map<string, readonly KratosMessage[]>();
  for (const name of flow.fields.keys()) fields.set(name, []);
  flow.messages = placed.filter(({ field }) => field === "").flatMap(({ messages }) => messages);
  for (const { field, messages } of placed) {
    // Kratos appends fields that the form does not have.
    if (field !== "") fields.set(field, [...fields.get(field) ?? [], ...messages]);
  }
  flow.fields = fields;
}
