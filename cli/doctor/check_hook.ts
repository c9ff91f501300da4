import type { BlockableStatus } from "../../lib/config/config.ts";
import { createSecret, matchesAny, type Secret } from "../../lib/crypto/secret.ts";
import type { Tools } from "../frame/command.ts";
import { toRecord } from "../kratos_config/edit.ts";
import type { Checkup, Finding, FindingId } from "./findings.ts";
import { isBlockedByFilter, isPrivateAddress } from "../kratos_config/hook_address.ts";
import {
  type FlowName,
  type FoundHook,
  HOOK_PATHS,
  mayInterrupt,
} from "../kratos_config/hook_lists.ts";
import { isSameTemplate, readAskOnly, type Templates } from "../kratos_config/templates.ts";

/** A secret that nobody chose. */
const PLACEHOLDER = /\$\{|^\$|CHANGE-?ME|^<.*>$/i;

/** What a hook is held against. */
export interface HookExpectations {
  readonly config: unknown;
  /** Undefined where the environment does not say. */
  readonly secrets: readonly Secret[] | undefined;
  readonly blockedStatuses: readonly BlockableStatus[];
  readonly templates: Templates;
  /** Whether the project is one of Ory Network. */
  readonly isNetwork: boolean;
}

/** Where the checks of a hook look things up. */
export interface HookSources {
  readonly resolve: Tools["resolve"];
  /** Undefined where the template cannot be read from here. */
  readonly readTemplate: (uri: string) => Promise<string | undefined>;
}

/** Checks one hook of ours: where it calls, with what, and what Kratos makes of the answer. */
export async function checkHook(
  { hook, flow, where }: { hook: FoundHook; flow: FlowName; where: string },
  expected: HookExpectations,
  { resolve, readTemplate }: HookSources,
): Promise<Checkup> {
  const found: Finding[] = [];
  const unchecked: string[] = [];
  const add = (id: FindingId, seen?: string) =>
    found.push({ id, where, ...(seen === undefined ? {} : { seen }) });

  const url = new URL(String(hook.config["url"]));
  if (!url.pathname.replace(/\/+$/, "").endsWith(HOOK_PATHS[flow])) {
    add("wrong_path", `It calls ${url.pathname}`);
  }
  if (hook.config["method"] !== "POST") add("wrong_method");
  const { config, isNetwork } = expected;
  const isBlocked = await isBlockedByFilter(config, { url, isNetwork, resolve });
  if (isBlocked === true) add("private_address_blocked", `It calls ${url.host}`);
  if (isBlocked === undefined) {
    unchecked.push(
      `Whether the filter of private addresses blocks ${url.host}: its name was not found`,
    );
  }
  // Within a network of one's own that is one's own affair.
  if (url.protocol === "http:" && !isPrivateAddress(url)) {
    add("http_without_tls", `It calls ${url.host}`);
  }
  if (toRecord(hook.config["response"])?.["ignore"] === true) add("answer_ignored");
  else if (flow === "registration" && mayInterrupt(hook)) add("interrupts_registration");
  else if (flow !== "registration" && !mayInterrupt(hook)) add("cannot_interrupt_sign_in");
  checkSecret(hook, expected.secrets, add);
  if (expected.secrets === undefined) {
    unchecked.push("The hooks' secret: ORY_WEBHOOK_SECRET is not set here");
  }

  const body = hook.config["body"];
  if (typeof body !== "string" || body === "") {
    add("template_missing");
  } else {
    const text = await readTemplate(body);
    if (text === undefined) {
      unchecked.push(`The template at ${body}: it cannot be read from here`);
    } else {
      checkTemplate(text, { flow, expected, add });
    }
  }
  return { findings: found, unchecked };
}

function checkSecret(
  { config }: FoundHook,
  secrets: readonly Secret[] | undefined,
  add: (id: FindingId, seen?: string) => void,
): void {
  const auth = toRecord(config["auth"]);
  const { name, value, in: place } = toRecord(auth?.["config"]) ?? {};
  const header = String(name).toLowerCase();
  if (auth?.["type"] !== "api_key" || place !== "header" || typeof value !== "string") {
    add("wrong_secret", "It sends no header with a key");
  } else if (header !== "x-webhook-secret" && header !== "authorization") {
    add("wrong_secret", `It sends the header ${header}`);
  } else if (PLACEHOLDER.test(value)) {
    add("secret_not_filled_in");
  } else if (secrets !== undefined) {
    const sent = header === "authorization" ? /^Bearer (.+)$/i.exec(value)?.[1] : value;
    if (!matchesAny(sent ?? "", secrets)) add("wrong_secret", "It sends another value");
  }
}

function checkTemplate(
  text: string,
  { flow, expected: { templates, blockedStatuses }, add }: {
    flow: FlowName;
    expected: HookExpectations;
    add: (id: FindingId, seen?: string) => void;
  },
): void {
  if (flow === "registration") {
    if (!isSameTemplate(text, templates.initiate)) add("template_not_ours");
    return;
  }
  const { isOurs, askOnly } = readAskOnly(text, templates.validate);
  if (!isOurs) add("template_not_ours");
  else if (askOnly !== undefined && !isSameSet(askOnly, blockedStatuses)) {
    add("template_other_statuses", `It asks about ${askOnly.join(", ")}`);
  }
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return new Set(one).symmetricDifference(new Set(other)).size === 0;
}

/** The values of ORY_WEBHOOK_SECRET; undefined where it is not set. */
export function readHookSecrets(env: Tools["env"]): readonly Secret[] | undefined {
  const parts = (env["ORY_WEBHOOK_SECRET"] ?? "").split(/\s+/).filter((part) => part !== "");
  return parts.length === 0 ? undefined : parts.map(createSecret);
}
