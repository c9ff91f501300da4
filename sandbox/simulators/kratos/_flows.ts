// SPDX-License-Identifier: Apache-2.0
import { createCsrfToken } from "./_csrf.ts";

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
  /** The secret of the browser that the flow is for. Undefined in a flow for an app. */
  readonly csrfSecret?: string;
  /** The address that created the flow. */
  readonly requestUrl?: string;
  readonly issuedAt: number;
  /** Where a browser gets at the end. Undefined for the application's first page. */
  readonly returnTo?: string;
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
  /** The address that the person has entered, which Kratos writes into the form again. */
  entered?: string;
}

const FIELDS: Readonly<Record<SimulatedFlow["name"], readonly string[]>> = {
  registration: ["traits.email", "password"],
  login: ["identifier", "password"],
  recovery: ["email"],
};

/** How Kratos describes the fields that it knows, where all of a form is one step. */
const INPUTS: Readonly<Record<string, { type: string; autocomplete?: string; label?: unknown }>> = {
  "traits.email": { type: "email", autocomplete: "email" },
  identifier: { type: "text", label: { id: 1070004, text: "ID", type: "info" } },
  password: { type: "password", label: { id: 1070001, text: "Password", type: "info" } },
};

const SUBMIT_LABELS: Readonly<Record<string, unknown>> = {
  registration: { id: 1040001, text: "Sign up", type: "info" },
  login: { id: 1010022, text: "Sign in with password", type: "info" },
};

const LIFETIME_MS = 3_600_000;

/** Creates a flow and stores it. */
export function createFlow(
  { flows }: { flows: Map<string, SimulatedFlow> },
  name: SimulatedFlow["name"],
  rest: Partial<SimulatedFlow> & Pick<SimulatedFlow, "issuedAt">,
): SimulatedFlow {
  const fields = new Map(
    (rest.code === undefined ? FIELDS[name] : ["code"]).map((field) => [field, []]),
  );
  const flow: SimulatedFlow = {
    messages: [],
    fields,
    ...rest,
    id: crypto.randomUUID(),
    name,
  };
  flows.set(flow.id, flow);
  return flow;
}

/** A flow as Kratos's API shows it. */
export function describeFlow(flow: SimulatedFlow, publicUrl: string): Record<string, unknown> {
  const { id, name, active, messages, csrfSecret, requestUrl, issuedAt, returnTo } = flow;
  return {
    id,
    type: csrfSecret === undefined && name !== "recovery" ? "api" : "browser",
    "issued_at": new Date(issuedAt).toISOString(),
    "expires_at": new Date(issuedAt + LIFETIME_MS).toISOString(),
    "request_url": requestUrl ?? `${publicUrl}/self-service/${name}/api`,
    state: "choose_method",
    ...(returnTo === undefined ? {} : { "return_to": returnTo }),
    ...(active === undefined ? {} : { active }),
    ui: {
      action: `${publicUrl}/self-service/${name}?flow=${id}`,
      method: "POST",
      nodes: describeNodes(flow),
      // Kratos leaves out the key when there are no messages.
      ...(messages.length > 0 ? { messages } : {}),
    },
  };
}

function describeNodes({ name, fields, csrfSecret, entered }: SimulatedFlow): unknown[] {
  const csrfToken = csrfSecret === undefined ? "" : createCsrfToken(csrfSecret);
  const inputs = Array.from(fields, ([field, messages]) => {
    const { label, ...input } = INPUTS[field] ?? { type: "text" };
    const value = field === "password" || entered === undefined ? {} : { value: entered };
    return createNode({ name: field, required: field in INPUTS, ...input, ...value }, {
      group: field === "password" ? "password" : "default",
      messages,
      label,
    });
  });
  const label = SUBMIT_LABELS[name];
  if (label === undefined) return inputs;
  const csrf = { name: "csrf_token", type: "hidden", required: true, value: csrfToken };
  const submit = { name: "method", type: "submit", value: "password" };
  return [createNode(csrf), ...inputs, createNode(submit, { group: "password", label })];
}

function createNode(
  attributes: Readonly<Record<string, unknown>>,
  { group = "default", messages = [], label }: {
    group?: string;
    messages?: readonly KratosMessage[];
    label?: unknown;
  } = {},
): unknown {
  return {
    type: "input",
    group,
    attributes: { ...attributes, disabled: false, "node_type": "input" },
    messages,
    meta: label === undefined ? {} : { label },
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
