import * as z from "zod";
import { maskPath, type ObservedCall, pause } from "./_calls.ts";
import type { HookContext, RenderTemplate } from "./jsonnet.ts";
import type { OryHook } from "./ory_actions.ts";

/** Kratos's message to a person. */
export interface KratosMessage {
  readonly id: number;
  readonly text: string;
  readonly type: string;
}

/** What a list of hooks comes to. */
export type HookResult =
  | { readonly kind: "continue" }
  /** Refused in Kratos's own form; the list is empty where the form was not quite that. */
  | { readonly kind: "refused"; readonly messages: readonly KratosMessage[] }
  | { readonly kind: "failed"; readonly status: number; readonly text: string };

const WebHookConfig = z.object({
  url: z.url(),
  method: z.string(),
  body: z.string(),
  auth: z.optional(z.object({ config: z.object({ name: z.string(), value: z.string() }) })),
  response: z.optional(z.object({
    ignore: z.optional(z.boolean()),
    parse: z.optional(z.boolean()),
  })),
  "can_interrupt": z.optional(z.boolean()),
});

const ErrorBody = z.object({
  messages: z.array(z.object({
    messages: z.optional(z.array(z.object({
      id: z.number().int(),
      text: z.string(),
      type: z.string(),
    }))),
  })).min(1),
});

const ATTEMPTS = 3;
const TIMEOUT_MS = 30_000;

/** What running hooks needs. */
export interface HookOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly render: RenderTemplate;
  readonly now: () => number;
  /** @default {pause} */
  readonly sleep?: (ms: number) => Promise<void>;
  /** Older versions send no `Ory-Webhook-Trigger-ID`. @default {true} */
  readonly hasTriggerId?: boolean;
  readonly onCall?: (call: ObservedCall) => void;
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
  { ctx, options }: { ctx: HookContext; options: HookOptions },
): Promise<HookResult> {
  for (const { hook, config } of hooks) {
    if (hook !== "web_hook") continue;
    const result = await runWebHook(WebHookConfig.parse(config), { ctx, options });
    if (result.kind !== "continue") return result;
  }
  return { kind: "continue" };
}

async function runWebHook(
  config: z.output<typeof WebHookConfig>,
  { ctx, options }: { ctx: HookContext; options: HookOptions },
): Promise<HookResult> {
  const template = config.body.endsWith("/initiate.jsonnet") ? "initiate" : "validate";
  const rendered = await options.render(template, ctx);
  if (rendered === "cancel") return { kind: "continue" };
  const response = await send(config, { body: JSON.stringify(rendered.body), options });
  if (typeof response === "number") {
    const text = `POST ${config.url} giving up after ${ATTEMPTS} attempt(s)`;
    return { kind: "failed", status: response, text };
  }
  if (config.response?.ignore === true) return { kind: "continue" };
  return readAnswer(config, response);
}

/** Sends with Kratos's retry rule. A number is the status that the person's client gets. */
async function send(
  config: z.output<typeof WebHookConfig>,
  { body, options }: { body: string; options: HookOptions },
): Promise<{ status: number; text: string } | number> {
  const { fetch, now, sleep = pause, hasTriggerId = true, onCall } = options;
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (config.auth) headers[config.auth.config.name] = config.auth.config.value;
  if (hasTriggerId) headers["ory-webhook-trigger-id"] = crypto.randomUUID();
  let isTimeout = false;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    headers["ory-webhook-request-id"] = crypto.randomUUID();
    const startedAt = now();
    let waitMs = 1000 * 2 ** (attempt - 1);
    let status = 0;
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS);
    try {
      const { method, url } = config;
      const response = await fetch(url, { method, headers, body, signal: timeout.signal });
      status = response.status;
      const text = await response.text();
      const isRetried = status === 429 || (status >= 500 && status !== 501);
      if (!isRetried) return { status, text };
      // Kratos obeys this without an upper bound.
      const retryAfter = Number(response.headers.get("retry-after"));
      if (retryAfter > 0) waitMs = retryAfter * 1000;
    } catch {
      isTimeout = timeout.signal.aborted;
    } finally {
      clearTimeout(timer);
      onCall?.({
        from: "kratos",
        to: "service",
        method: config.method,
        path: maskPath(new URL(config.url).pathname),
        status,
        startedAt,
        durationMs: now() - startedAt,
      });
    }
    if (attempt < ATTEMPTS) await sleep(waitMs);
  }
  return isTimeout ? 504 : 400;
}

function readAnswer(
  config: z.output<typeof WebHookConfig>,
  { status, text }: { status: number; text: string },
): HookResult {
  const json = parseJson(text);
  if (status < 400) {
    const isUnreadable = config.response?.parse === true && status === 200 &&
      (typeof json !== "object" || json === null);
    return isUnreadable
      ? { kind: "failed", status: 400, text: "A third party responded improperly" }
      : { kind: "continue" };
  }
  const isParsed = config.response?.parse === true || config["can_interrupt"] === true;
  const refusal = ErrorBody.safeParse(json);
  if (!isParsed) return { kind: "failed", status: 502, text: "A third party responded improperly" };
  if (!refusal.success) return { kind: "failed", status: 400, text: "The hook was interrupted" };
  return {
    kind: "refused",
    messages: refusal.data.messages.flatMap(({ messages = [] }) => messages),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Text that is no JSON is an answer that Kratos cannot read.
    return undefined;
  }
}
