// SPDX-License-Identifier: Apache-2.0
import { BLOCKABLE_STATUSES, type BlockableStatus } from "../../lib/config/config.ts";
import { isSameSecret } from "../../lib/crypto/same_secret.ts";
import { createSecret, type Secret } from "../../lib/crypto/secret.ts";
import { readRawPath } from "../../lib/http/raw_path.ts";
import type { Tools } from "../frame/command.ts";
import { toRecord } from "../kratos_config/edit.ts";
import { isBlockedByFilter, isPrivateAddress, reachesHook } from "../kratos_config/hook_address.ts";
import {
  type FlowName,
  type FoundHook,
  HOOK_PATHS,
  listWrongHeaders,
  mayInterrupt,
} from "../kratos_config/hook_lists.ts";
import { isSameTemplate, readAskedStatuses, type Templates } from "../kratos_config/templates.ts";
import { checkSyntax, readChecked, type ReadTemplate } from "./check_template.ts";
import type { FindingId, Report } from "./findings.ts";

/** Looks like a placeholder and not like a secret. */
export const PLACEHOLDER = /\$\{|^\$|CHANGE-?ME|^<.*>$/i;

/** What a hook is compared with. */
export interface HookExpectations {
  readonly config: unknown;
  /** Undefined if the environment has no secret. */
  readonly secrets: readonly Secret[] | undefined;
  readonly blockedStatuses: readonly BlockableStatus[];
  readonly templates: Pick<Templates, "initiate" | "validate">;
  /** Where the world reaches the service; undefined if the environment does not say. */
  readonly serviceUrl: URL | undefined;
  /** The public hosts that hooks may call; none if it is not known. */
  readonly serviceHosts: readonly string[];
  /** Whether the project is on Ory Network. */
  readonly isNetwork: boolean;
}

/** How the checks of a hook look up names and templates. */
export interface HookSources {
  readonly resolve: Tools["resolve"];
  readonly readTemplate: ReadTemplate;
}

/** One of our hooks and its place in the configuration. */
export interface PlacedHook {
  readonly hook: FoundHook;
  readonly flow: FlowName;
  readonly where: string;
}

type Add = (id: FindingId, seen?: string) => void;

/** Checks one of our hooks: its address, secret and template, and how Kratos treats its answer. */
export async function checkHook(
  placed: PlacedHook,
  expected: HookExpectations,
  { sources: { resolve, readTemplate }, report }: { sources: HookSources; report: Report },
): Promise<void> {
  const { hook, flow, where } = placed;
  const add: Add = (id, seen) => report.add(id, where, seen);
  const url = new URL(String(hook.config["url"]));
  const { config, isNetwork } = expected;
  checkRequest(placed, { url, expected, add });
  checkHeaders(hook, add);
  const isBlocked = await isBlockedByFilter(config, { url, isNetwork, resolve });
  if (isBlocked === true) add("private_address_blocked", `It calls ${url.host}`);
  if (isBlocked === undefined) {
    report.addUnchecked(
      `Whether Kratos's filter of private addresses blocks ${url.host}: cannot resolve the name`,
    );
  }
  checkResponse(placed, add);
  checkSecret(hook, { secrets: expected.secrets, add });
  if (expected.secrets === undefined) {
    report.addUnchecked("The secret of the hooks: ORY_WEBHOOK_SECRET is not set here");
  }
  const body = hook.config["body"];
  if (typeof body !== "string" || body === "") return add("template_missing");
  const what = "The template";
  const template = await readChecked(body, { what, where, readTemplate, report });
  if (template === undefined) return;
  const fault = findTemplateFault(template, { flow, expected });
  if (fault === undefined) return;
  if (fault.id !== "template_not_ours" || checkSyntax(template, { what, where, report })) {
    add(fault.id, fault.seen);
  }
}

function checkRequest(
  { hook, flow }: PlacedHook,
  { url, expected: { serviceUrl, serviceHosts }, add }: {
    url: URL;
    expected: HookExpectations;
    add: Add;
  },
): void {
  const address = String(hook.config["url"]);
  if (!reachesHook(address, { hookPath: HOOK_PATHS[flow], serviceUrl })) {
    const base = serviceUrl?.host === url.host ? `, and PUBLIC_URL is ${serviceUrl.href}` : "";
    add("wrong_path", `It calls ${readRawPath(address.trim()) || "no path"}${base}`);
  }
  if (!isExpectedHost(url, serviceHosts)) {
    add("wrong_host", `It calls ${url.host} and not ${serviceHosts.join(" or ")}`);
  }
  if (hook.config["method"] !== "POST") add("wrong_method");
  // Unencrypted calls within a private network are the operator's decision.
  if (url.protocol === "http:" && !isPrivateAddress(url)) {
    add("http_without_tls", `It calls ${url.host}`);
  }
}

/** Whether a hook may call a host. A private address may be the service's inner one. */
export function isExpectedHost(url: URL, serviceHosts: readonly string[]): boolean {
  return serviceHosts.length === 0 || isPrivateAddress(url) || serviceHosts.includes(url.host);
}

function checkHeaders({ config }: FoundHook, add: Add): void {
  for (const name of listWrongHeaders(config)) add("wrong_header", `It sets ${name}`);
}

function checkResponse({ hook, flow }: PlacedHook, add: Add): void {
  if (toRecord(hook.config["response"])?.["ignore"] === true) add("answer_ignored");
  else if (flow === "registration" && mayInterrupt(hook)) add("interrupts_registration");
  else if (flow !== "registration" && !mayInterrupt(hook)) add("cannot_interrupt_sign_in");
}

function checkSecret(
  { config }: FoundHook,
  { secrets, add }: { secrets: readonly Secret[] | undefined; add: Add },
): void {
  const { header, value } = readSentSecret(config);
  if (value === undefined) {
    add("wrong_secret", "It sends no header with a secret");
  } else if (header !== "x-webhook-secret" && header !== "authorization") {
    add("wrong_secret", `It sends the secret in the header ${header}`);
  } else if (PLACEHOLDER.test(value)) {
    add("secret_not_filled_in");
  } else if (secrets !== undefined) {
    const sent = header === "authorization" ? /^Bearer (.+)$/i.exec(value)?.[1] : value;
    if (!secrets.some((secret) => isSameSecret(sent ?? "", secret))) {
      add("wrong_secret", "It sends another secret");
    }
  }
}

/** The header in which a hook sends its secret: by `auth`, or by one of its own headers. */
export function readSentSecret(
  config: FoundHook["config"],
): { header: string; value: string | undefined } {
  const auth = toRecord(config["auth"]);
  const { name, value, in: place } = toRecord(auth?.["config"]) ?? {};
  if (auth?.["type"] === "api_key" && place === "header" && typeof value === "string") {
    return { header: String(name).toLowerCase(), value };
  }
  const headers = Object.entries(toRecord(config["headers"]) ?? {});
  const [header = "", sent] = ["x-webhook-secret", "authorization"]
    .flatMap((wanted) => headers.filter(([name]) => name.toLowerCase() === wanted))
    .at(0) ?? [];
  return { header: header.toLowerCase(), value: typeof sent === "string" ? sent : undefined };
}

/** What is wrong with the content of a template. */
export function findTemplateFault(
  template: string,
  { flow, expected: { templates, blockedStatuses } }: {
    flow: FlowName;
    expected: Pick<HookExpectations, "templates" | "blockedStatuses">;
  },
): { id: "template_not_ours" | "template_other_statuses"; seen?: string } | undefined {
  if (flow === "registration") {
    const isOurs = isSameTemplate(template, templates.initiate);
    return isOurs ? undefined : { id: "template_not_ours" };
  }
  const { isOurs, asked } = readAskedStatuses(template, templates.validate);
  const asksAboutEveryone = BLOCKABLE_STATUSES.every((status) => asked.includes(status));
  if (!isOurs) return { id: "template_not_ours" };
  return asksAboutEveryone || isSameSet(asked, blockedStatuses)
    ? undefined
    : { id: "template_other_statuses", seen: `It asks about ${asked.join(", ")}` };
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return new Set(one).symmetricDifference(new Set(other)).size === 0;
}

/** The values of ORY_WEBHOOK_SECRET; undefined if it is not set. */
export function readHookSecrets(env: Tools["env"]): readonly Secret[] | undefined {
  const values = (env["ORY_WEBHOOK_SECRET"] ?? "").split(/\s+/).filter((value) => value !== "");
  return values.length === 0 ? undefined : values.map(createSecret);
}
