import * as z from "zod";
import { callHook, type CallOptions } from "./_hook_call.ts";
import type { HookContext, RenderTemplate } from "./jsonnet.ts";
import type { OryHook } from "../../../cli/kratos_config/ory_actions.ts";

/** Kratos's message to a person. */
export interface KratosMessage {
  readonly id: number;
  readonly text: string;
  readonly type: string;
  readonly context?: unknown;
}

/** What a list of hooks comes to. */
export type HookResult =
  | { readonly kind: "continue"; readonly changes: Readonly<Record<string, unknown>> }
  /** Refused in Kratos's own form; a list is empty where the form was not quite that. */
  | { readonly kind: "refused"; readonly messages: readonly PlacedMessages[] }
  | HookFailure;

/** A hook that did not answer as Kratos expects. */
export interface HookFailure {
  readonly kind: "failed";
  /** Of the answer to an API client. */
  readonly status: number;
  /** Of the error in that answer: Kratos has the two differ. */
  readonly code: number;
  readonly text: string;
  readonly reason?: string;
}

/** Messages, and the field they stand at. `""` is the form as a whole. */
export interface PlacedMessages {
  readonly field: string;
  readonly messages: readonly KratosMessage[];
}

const WebHookConfig = z.object({
  url: z.url(),
  method: z.string(),
  body: z.optional(z.string()),
  auth: z.optional(z.object({
    config: z.object({ name: z.string(), value: z.string(), in: z.optional(z.string()) }),
  })),
  response: z.optional(z.object({
    ignore: z.optional(z.boolean()),
    parse: z.optional(z.boolean()),
  })),
  "can_interrupt": z.optional(z.boolean()),
});
type WebHookConfig = z.output<typeof WebHookConfig>;

const ErrorBody = z.object({
  messages: z.array(z.object({
    "instance_ptr": z.optional(z.string()),
    messages: z.nullish(z.array(z.object({
      id: z.number().int(),
      text: z.optional(z.string()).default(""),
      type: z.optional(z.string()),
      context: z.optional(z.unknown()),
    }))),
  })).min(1),
});

/** What a good answer may change, each key as a whole. */
const GoodBody = z.object({
  identity: z.nullish(z.object({
    traits: z.optional(z.unknown()),
    "schema_id": z.optional(z.string().min(1)),
    state: z.optional(z.string().min(1)),
    "metadata_public": z.optional(z.unknown()),
    "metadata_admin": z.optional(z.unknown()),
  })),
});

const IMPROPER = "A third-party upstream service responded improperly. Please try again later.";
const UNREACHED = "A third-party upstream service could not be reached. Please try again later.";

/** What running hooks needs. */
export interface HookOptions extends CallOptions {
  readonly render: RenderTemplate;
}

/** Whether a registration hook runs before the identity is stored. */
export function isBeforeStoring({ config = {} }: OryHook): boolean {
  const parsed = WebHookConfig.safeParse(config);
  return parsed.success &&
    (parsed.data.response?.parse === true || parsed.data["can_interrupt"] === true);
}

/** Runs web hooks in order, until one refuses or fails. Other hooks are the caller's. */
export async function runHooks(
  hooks: readonly OryHook[],
  { ctx, options, background }: {
    ctx: HookContext;
    options: HookOptions;
    /** Gets the runs that nobody waits for. */
    background: Set<Promise<unknown>>;
  },
): Promise<HookResult> {
  let changes: Readonly<Record<string, unknown>> = {};
  for (const hook of hooks) {
    if (hook.hook !== "web_hook") continue;
    const config = WebHookConfig.parse(hook.config);
    const identity = { ...ctx.identity, ...changes };
    const run = runWebHook(config, { ctx: { ...ctx, identity }, options });
    if (config.response?.ignore === true) {
      // Kratos learns of no failure of a hook whose answer it ignores.
      background.add(run);
      void run.finally(() => background.delete(run));
      continue;
    }
    const result = await run;
    if (result.kind !== "continue") return result;
    changes = { ...changes, ...result.changes };
  }
  return { kind: "continue", changes };
}

async function runWebHook(
  config: WebHookConfig,
  { ctx, options }: { ctx: HookContext; options: HookOptions },
): Promise<HookResult> {
  let body: string;
  try {
    const rendered = await options.render(nameTemplate(config), ctx);
    if (rendered === "cancel") return { kind: "continue", changes: {} };
    body = JSON.stringify(rendered.body);
  } catch (error) {
    return { kind: "failed", status: 400, code: 500, text: String(error) };
  }
  const { method, url, auth } = config;
  const answer = await callHook({ method, url, body, auth: auth?.config }, options);
  if (answer.kind === "answered") return readAnswer(config, answer);
  const text = `${method} ${url} giving up after ${answer.attempts} attempt(s)`;
  return answer.isTimeout
    ? { kind: "failed", status: 504, code: 504, text, reason: UNREACHED }
    : { kind: "failed", status: 400, code: 500, text };
}

function nameTemplate({ body = "" }: WebHookConfig): "initiate" | "validate" {
  const name = /(?:^|\/)(initiate|validate)\.jsonnet$/.exec(body)?.[1];
  if (name === "initiate" || name === "validate") return name;
  throw new Error(`Cannot find the template "${body}"`);
}

function readAnswer(
  config: WebHookConfig,
  { status, text }: { status: number; text: string },
): HookResult {
  const isParsing = config.response?.parse === true;
  const unreadable: HookFailure = {
    kind: "failed",
    status: 400,
    code: 500,
    text: "webhook response could not be unmarshalled properly from JSON",
  };
  if (status < 400) {
    if (!isParsing || status !== 200) return { kind: "continue", changes: {} };
    const good = GoodBody.safeParse(parseJson(text));
    return good.success ? { kind: "continue", changes: good.data.identity ?? {} } : unreadable;
  }
  if (!isParsing && config["can_interrupt"] !== true) {
    const failed = `webhook failed with status code ${status}`;
    return { kind: "failed", status: 502, code: 502, text: failed, reason: IMPROPER };
  }
  const refusal = ErrorBody.safeParse(parseJson(text));
  if (!refusal.success) return unreadable;
  return {
    kind: "refused",
    messages: refusal.data.messages.map(({ "instance_ptr": pointer = "", messages }) => ({
      field: toField(pointer),
      messages: (messages ?? []).map(({ type, ...message }) => ({
        ...message,
        type: type === "error" ? "error" : "info",
      })),
    })),
  };
}

/** `#/traits/email` is the field `traits.email`; without the `#` it is a field of that very name. */
function toField(pointer: string): string {
  return pointer.startsWith("#/") ? pointer.slice(2).replaceAll("/", ".") : pointer;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Text that is no JSON is an answer that Kratos cannot read.
    return undefined;
  }
}
