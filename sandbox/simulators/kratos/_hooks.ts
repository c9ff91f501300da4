// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { PlacedMessages } from "./_flows.ts";
import { callHook, type CallOptions } from "./_hook_call.ts";
import type { HookContext, RenderTemplate } from "./jsonnet.ts";
import type { OryHook } from "../../../cli/kratos_config/ory_actions.ts";

/** The result of a list of hooks. */
export type HookResult =
  | { readonly kind: "continue"; readonly changes: Readonly<Record<string, unknown>> }
  /** A hook refused in the form that Kratos defines. Messages in another form are left out. */
  | { readonly kind: "refused"; readonly messages: readonly PlacedMessages[] }
  | HookFailure;

/** A hook that did not answer as Kratos expects. */
export interface HookFailure {
  readonly kind: "failed";
  /** The status of the answer to an API client. */
  readonly status: number;
  /** The code of the error in that answer. At Kratos it can differ from the status. */
  readonly code: number;
  readonly text: string;
  readonly reason?: string;
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

/** The changes that a successful answer may make. Each key is replaced as a whole. */
const SuccessBody = z.object({
  identity: z.nullish(z.object({
    traits: z.optional(z.unknown()),
    "schema_id": z.optional(z.string().min(1)),
    state: z.optional(z.string().min(1)),
    "metadata_public": z.optional(z.unknown()),
    "metadata_admin": z.optional(z.unknown()),
  })),
});

const IMPROPER_ANSWER =
  "A third-party upstream service responded improperly. Please try again later.";
const NO_ANSWER = "A third-party upstream service could not be reached. Please try again later.";

export interface HookOptions extends CallOptions {
  readonly render: RenderTemplate;
}

/** Whether a registration hook runs before the identity is stored. */
export function isBeforeStoring({ config = {} }: OryHook): boolean {
  const parsed = WebHookConfig.safeParse(config);
  return parsed.success &&
    (parsed.data.response?.parse === true || parsed.data["can_interrupt"] === true);
}

/** Runs web hooks in order, until one refuses or fails. Leaves other hooks to the caller. */
export async function runHooks(
  hooks: readonly OryHook[],
  { ctx, options, background }: {
    ctx: HookContext;
    options: HookOptions;
    /** Collects the hooks whose answers are ignored, while they run. */
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
      // Kratos does not notice when a hook fails whose answer it ignores.
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
    const rendered = await options.render(findTemplate(config), ctx);
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
    ? { kind: "failed", status: 504, code: 504, text, reason: NO_ANSWER }
    : { kind: "failed", status: 400, code: 500, text };
}

function findTemplate({ body = "" }: WebHookConfig): "initiate" | "validate" {
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
    const success = SuccessBody.safeParse(parseJson(text));
    return success.success
      ? { kind: "continue", changes: success.data.identity ?? {} }
      : unreadable;
  }
  if (!isParsing && config["can_interrupt"] !== true) {
    const failed = `webhook failed with status code ${status}`;
    return { kind: "failed", status: 502, code: 502, text: failed, reason: IMPROPER_ANSWER };
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

/** `#/traits/email` is the field `traits.email`. Without the `#`, the pointer is the field's name. */
function toField(pointer: string): string {
  return pointer.startsWith("#/") ? pointer.slice(2).replaceAll("/", ".") : pointer;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Kratos cannot read an answer that is not JSON; the schemas refuse undefined.
    return undefined;
  }
}
