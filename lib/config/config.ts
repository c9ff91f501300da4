// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { createHeaderMatcher } from "../crypto/header_secret.ts";
import { importSignatureKey } from "../crypto/hmac.ts";
import { importWebhookKey } from "../crypto/webhook_signature.ts";
import { isLoopback, parseSources } from "../http/client_address.ts";
import { LOG_LEVELS } from "../log.ts";
import { OperatorKeys } from "./_operator_keys.ts";
import { createLinkKeys } from "../verification/link.ts";
import { appUrl } from "./_app_url.ts";
import { type Environment, listNames, parseSections } from "./_sections.ts";
import { converted, haveLength, httpUrl, list, number, oneOf, secrets, text } from "./_setting.ts";
import { SweepSettings } from "./_sweep.ts";
import { JumioSettings } from "./jumio.ts";
import { KratosSettings } from "./kratos.ts";

/** Every status that can refuse a sign-in. `none`: the identity has no `jumio` yet. */
export const BLOCKABLE_STATUSES = ["none", "pending", "review", "rejected", "expired"] as const;

/** One of {@linkcode BLOCKABLE_STATUSES}. */
export type BlockableStatus = typeof BLOCKABLE_STATUSES[number];

/** Every registered person holds a link, and could find a shorter secret by trying offline. */
const MIN_LINK_SECRET_LENGTH = 32;

/** Under this length a secret can be guessed over the network. The service warns, and starts. */
const MIN_UNGUESSED_LENGTH = 16;

/** A path that every proxy reads alike, and that can stand in the `Path` of a cookie. */
const PATH_OF_PUBLIC_URL = /^(?:\/[\w.~-]+)*\/*$/;

/** Jumio refuses longer addresses for callbacks. */
const MAX_CALLBACK_URL_LENGTH = 255;

/** A callback's address goes on with the path, and a token of 32 bytes in Base64. */
const MAX_PUBLIC_URL_LENGTH = MAX_CALLBACK_URL_LENGTH - "/jumio/callback/".length - 43;

/** The process and its database. */
const ServerSettings = z.object({
  PORT: number({ min: 0, max: 65_535 }).default(3000),
  HOST: text.default("::"),
  LOG_LEVEL: oneOf(LOG_LEVELS).default("info"),
  KV_PATH: text.optional(),
  DENO_DEPLOY: text.optional(),
}).transform((env) => {
  const isDeployed = env.DENO_DEPLOY !== undefined;
  return {
    port: env.PORT,
    /** Undefined on Deno Deploy, which chooses the address itself. */
    host: isDeployed ? undefined : env.HOST,
    /** Less urgent events are not logged. */
    logLevel: env.LOG_LEVEL,
    /** Undefined for the database that is attached to the app on Deno Deploy. */
    kvPath: env.KV_PATH ?? (isDeployed ? undefined : "./data/kv.sqlite3"),
  };
});

/** The service's own address, and the settings whose meaning depends on it. */
const AddressSettings = z.object({
  ORY_WEBHOOK_SECRET: secrets.refine(
    (values) => values.every((secret) => /^[\x21-\x7e]+$/.test(secret.reveal())),
    "must have ASCII characters only: Kratos sends others in a form that cannot be compared",
  ).optional().refine((values) => values !== undefined, "is missing"),
  PUBLIC_URL: httpUrl.refine(
    (url) => url.protocol === "https:" || isLoopback(url),
    "must begin with https://, except on a loopback address",
  ).refine(
    ({ pathname }) => PATH_OF_PUBLIC_URL.test(pathname),
    "may have a path of letters, digits and . _ ~ - only, as in https://example.com/kyc",
  ).transform(({ href }) => href.replace(/\/+$/, "")).refine(
    ({ length }) => length <= MAX_PUBLIC_URL_LENGTH,
    `must have at most ${MAX_PUBLIC_URL_LENGTH} characters: Jumio takes no callback address of ` +
      `more than ${MAX_CALLBACK_URL_LENGTH}`,
  ).optional(),
  LINK_SECRET: secrets.optional(),
  LINK_LIFETIME_DAYS: number({ min: 1, max: 3650 }).default(90),
  RECONCILE_AFTER_SECONDS: number({ min: 1, max: 86_400 }).optional(),
}).superRefine((env, context) => {
  const name = env.LINK_SECRET === undefined ? "ORY_WEBHOOK_SECRET" : "LINK_SECRET";
  const [signing] = env[name] ?? [];
  if (env.PUBLIC_URL === undefined || signing === undefined) return;
  if (haveLength([signing], MIN_LINK_SECRET_LENGTH)) return;
  const message =
    `must have at least ${MIN_LINK_SECRET_LENGTH} characters, because it signs links ` +
    `(PUBLIC_URL is set${name === "LINK_SECRET" ? "" : " and LINK_SECRET is not"})`;
  context.addIssue({ code: "custom", path: [name], message });
}).transform(({ ORY_WEBHOOK_SECRET: hookSecrets = [], PUBLIC_URL: publicUrl, ...env }) => ({
  /** What Ory sends with its hooks, newest first. */
  hookSecrets,
  hasShortSecret: !haveLength(hookSecrets, MIN_UNGUESSED_LENGTH),
  matchesHookSecret: createHeaderMatcher(hookSecrets),
  /** Where others reach this service, without a slash at its end. */
  publicUrl,
  /** How the persons' links are signed. Undefined without a `publicUrl` to link to. */
  link: publicUrl === undefined ? undefined : Object.freeze({
    keys: createLinkKeys(env.LINK_SECRET ?? hookSecrets, publicUrl),
    lifetimeDays: env.LINK_LIFETIME_DAYS,
  }),
  /** When an execution is first polled. */
  reconcileAfterMs: 1000 * (env.RECONCILE_AFTER_SECONDS ?? (publicUrl === undefined ? 120 : 600)),
}));

/** What a callback needs, besides its token or instead of it. */
const CallbackSettings = z.object({
  JUMIO_CALLBACK_SECRET: secrets.default([]),
  JUMIO_CALLBACK_SOURCES: list(/[\s,]+/).transform((entries, context) => {
    const sources = parseSources(entries);
    if (sources.ok) return entries.length === 0 ? undefined : sources.value;
    context.addIssue(`must list addresses or CIDR ranges: entry ${sources.badEntry} is neither`);
    return z.NEVER;
  }).optional(),
  TRUSTED_PROXY_HOPS: number({ min: 0, max: 10 }).default(0),
}).transform((env) => ({
  keys: env.JUMIO_CALLBACK_SECRET.map((secret) => importSignatureKey(secret.reveal())),
  hasShortSecret: !haveLength(env.JUMIO_CALLBACK_SECRET, MIN_UNGUESSED_LENGTH),
  sources: env.JUMIO_CALLBACK_SOURCES,
  trustedProxyHops: env.TRUSTED_PROXY_HOPS,
}));

/** The operator's name and addresses on the person's pages. Unset: neutral words, and no address. */
const BrandSettings = z.object({
  BRAND_NAME: text.optional(),
  SUPPORT_URL: text.refine(
    (value) => ["https:", "mailto:", "tel:"].includes(URL.parse(value)?.protocol ?? ""),
    "must begin with https://, mailto: or tel:",
  ).optional(),
  PRIVACY_URL: text.refine(
    (value) => URL.parse(value)?.protocol === "https:",
    "must begin with https://",
  ).optional(),
  APP_URL: appUrl.optional(),
}).transform((env) => ({
  name: env.BRAND_NAME,
  supportUrl: env.SUPPORT_URL,
  privacyUrl: env.PRIVACY_URL,
  appUrl: env.APP_URL,
}));

/** What the operator decides about verdicts. */
const PolicySettings = z.object({
  LOGIN_BLOCKED_STATUSES: list(/,/).refine(
    (names) => parseBlockableStatuses(names) !== undefined,
    `may list ${BLOCKABLE_STATUSES.join(", ")}`,
  ).default([]),
  JUMIO_WARNING_STATUS: oneOf(["review", "verified", "rejected"]).default("review"),
  REVOKE_SESSIONS_ON_REJECTION: oneOf(["true", "false"]).default("false"),
}).transform((env) => ({
  loginBlockedStatuses: new Set(parseBlockableStatuses(env.LOGIN_BLOCKED_STATUSES, ["rejected"])),
  warningStatus: env.JUMIO_WARNING_STATUS,
  revokeSessionsOnRejection: env.REVOKE_SESSIONS_ON_REJECTION === "true",
}));

/** Who may use the operator API. Without any secret there is none. */
const OperatorSettings = z.object({
  OPERATOR_SECRET: OperatorKeys.default([]),
}).transform((env) => ({
  /** Newest first. */
  keys: env.OPERATOR_SECRET,
}));

/** Where the application gets events. Each of the secrets signs. */
const EventsSettings = z.object({
  EVENTS_URL: converted(
    (value) => {
      const url = URL.parse(value);
      const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url));
      return url && isSafe && url.username + url.password + url.hash === "" ? url : undefined;
    },
    "must be an address that begins with https:// (http:// on a loopback address), without " +
      "user, password or fragment",
  ).optional(),
  EVENTS_SECRET: secrets.transform((values, context) => {
    const keys = values.flatMap((secret) => importWebhookKey(secret.reveal()) ?? []);
    if (keys.length === values.length) return keys;
    context.addIssue("must be whsec_ and 24 to 64 bytes in base64, in each of its values");
    return z.NEVER;
  }).optional(),
}).refine(({ EVENTS_URL: url, EVENTS_SECRET: keys }) => keys === undefined || url !== undefined, {
  path: ["EVENTS_URL"],
  error: "is missing, because EVENTS_SECRET is set",
}).refine(({ EVENTS_URL: url, EVENTS_SECRET: keys }) => url === undefined || keys !== undefined, {
  path: ["EVENTS_SECRET"],
  error: "is missing, because EVENTS_URL is set",
}).transform(({ EVENTS_URL: url, EVENTS_SECRET: keys }) => ({
  /** Undefined: no events are stored. */
  receiver: url === undefined || keys === undefined ? undefined : Object.freeze({ url, keys }),
}));

const SECTIONS = {
  kratos: KratosSettings,
  jumio: JumioSettings,
  server: ServerSettings,
  address: AddressSettings,
  callback: CallbackSettings,
  brand: BrandSettings,
  policy: PolicySettings,
  operator: OperatorSettings,
  sweep: SweepSettings,
  events: EventsSettings,
};

/** Every setting that the service reads. `deno task start` may read these and no others. */
export const SETTINGS: readonly string[] = Object.values(SECTIONS).flatMap((section) =>
  listNames(section)
);

/** The checked environment. Printing it shows no secret. */
export type Config = ReturnType<typeof parseSections<typeof SECTIONS>>;

/**
 * Parses an environment.
 *
 * @throws {ConfigError} With every problem at once; it names settings, never their values.
 */
export function parseConfig(env: Environment): Config {
  return parseSections(SECTIONS, env);
}

/** As {@linkcode parseConfig}, of what is needed to call Kratos's admin API and nothing else. */
export function parseKratosConfig(env: Environment): Config["kratos"] {
  return parseSections({ kratos: KratosSettings }, env).kratos;
}

/** Each of the statuses once, in their usual order. Undefined if one is unknown. */
export function parseBlockableStatuses(
  names: readonly string[],
  ifEmpty: readonly BlockableStatus[] = [],
): readonly BlockableStatus[] | undefined {
  if (names.length === 0) return ifEmpty;
  const statuses = BLOCKABLE_STATUSES.filter((status) => names.includes(status));
  return new Set(names).size === statuses.length ? statuses : undefined;
}
