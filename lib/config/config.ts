import * as z from "zod";
import { createHeaderMatcher } from "../crypto/header_secret.ts";
import { importSignatureKey } from "../crypto/hmac.ts";
import { importWebhookKey } from "../crypto/webhook_signature.ts";
import { isLoopback, parseSources } from "../http/client_address.ts";
import { LOG_LEVELS } from "../log.ts";
import { createOperatorKeys } from "../operator/key.ts";
import { createLinkKeys } from "../verification/link.ts";
import { appUrl } from "./_app_url.ts";
import {
  type Environment,
  haveLength,
  httpUrl,
  list,
  listNames,
  number,
  oneOf,
  parseSections,
  secrets,
  text,
} from "./_setting.ts";
import { SweepSettings } from "./_sweep.ts";
import { JumioSettings } from "./jumio.ts";
import { KratosSettings } from "./kratos.ts";

/** Every status that can refuse a sign-in. `none`: the identity has no `jumio` yet. */
export const BLOCKABLE_STATUSES = ["none", "pending", "review", "rejected", "expired"] as const;

/** One of {@linkcode BLOCKABLE_STATUSES}. */
export type BlockableStatus = typeof BLOCKABLE_STATUSES[number];

/**
 * Every registered person holds a link, and could find a shorter secret by trying offline. The
 * operator's opens every verification, and nothing limits the attempts to guess it.
 */
const MIN_SECRET_LENGTH = 32;

/** Under this length a secret can be guessed over the network. The service warns, and starts. */
const MIN_UNGUESSED_LENGTH = 16;

/** Jumio refuses longer addresses for callbacks. */
const MAX_CALLBACK_URL_LENGTH = 255;

/** What a callback's address has after PUBLIC_URL: the path, and a token of 32 bytes in Base64. */
const CALLBACK_PATH_LENGTH = "/jumio/callback/".length + 43;

const ServerSettings = z.object({
  port: number({ min: 0, max: 65_535 }).default(3000).meta({ name: "PORT" }),
  /** Undefined on Deno Deploy, which chooses the address itself. */
  host: text.default("::").meta({ name: "HOST" }),
  /** Less urgent events are not logged. */
  logLevel: oneOf(LOG_LEVELS).default("info").meta({ name: "LOG_LEVEL" }),
  kvPath: text.optional().meta({ name: "KV_PATH" }),
  /** Set by Deno Deploy, which opens the database attached to the app where no path is given. */
  deployment: text.optional().meta({ name: "DENO_DEPLOY" }),
}).transform(({ kvPath, deployment, host, ...server }) => ({
  ...server,
  host: deployment === undefined ? host : undefined,
  kvPath: kvPath ?? (deployment === undefined ? "./data/kv.sqlite3" : undefined),
}));

/** The service's own address, and the settings whose meaning depends on it. */
const AddressSettings = z.object({
  /** What Ory sends with its hooks, newest first. */
  hookSecrets: secrets.refine(
    (values) => values.every((secret) => /^[\x21-\x7e]+$/.test(secret.reveal())),
    "must have ASCII characters only: Kratos sends others in a form that cannot be compared",
  ).optional().refine((values) => values !== undefined, "is missing")
    .meta({ name: "ORY_WEBHOOK_SECRET" }),
  /** Where others reach this service, without a slash at its end. */
  publicUrl: httpUrl.refine(
    (url) => url.protocol === "https:" || isLoopback(url),
    "must begin with https://, except on a loopback address",
  ).transform(({ href }) => href.replace(/\/+$/, "")).refine(
    ({ length }) => length + CALLBACK_PATH_LENGTH <= MAX_CALLBACK_URL_LENGTH,
    `must have at most ${MAX_CALLBACK_URL_LENGTH - CALLBACK_PATH_LENGTH} characters: Jumio takes ` +
      `no callback address of more than ${MAX_CALLBACK_URL_LENGTH}`,
  ).optional().meta({ name: "PUBLIC_URL" }),
  linkSecrets: secrets.optional().meta({ name: "LINK_SECRET" }),
  lifetimeDays: number({ min: 1, max: 3650 }).default(90).meta({ name: "LINK_LIFETIME_DAYS" }),
  pollSeconds: number({ min: 1, max: 86_400 }).optional().meta({ name: "RECONCILE_AFTER_SECONDS" }),
}).superRefine(({ publicUrl, hookSecrets, linkSecrets }, context) => {
  const [signing] = linkSecrets ?? hookSecrets ?? [];
  if (publicUrl === undefined || signing === undefined) return;
  if (haveLength([signing], MIN_SECRET_LENGTH)) return;
  const isOwn = linkSecrets !== undefined;
  const message = `must have at least ${MIN_SECRET_LENGTH} characters, because it signs ` +
    `links (PUBLIC_URL is set${isOwn ? "" : " and LINK_SECRET is not"})`;
  context.addIssue({ code: "custom", path: [isOwn ? "linkSecrets" : "hookSecrets"], message });
}).transform(({ hookSecrets = [], publicUrl, linkSecrets = hookSecrets, ...settings }) => ({
  hookSecrets,
  hasShortSecret: !haveLength(hookSecrets, MIN_UNGUESSED_LENGTH),
  matchesHookSecret: createHeaderMatcher(hookSecrets),
  publicUrl,
  /** How the persons' links are signed. Undefined without a `publicUrl` to link to. */
  link: publicUrl === undefined ? undefined : Object.freeze({
    keys: createLinkKeys(linkSecrets, publicUrl),
    lifetimeDays: settings.lifetimeDays,
  }),
  /** When an execution is first polled. */
  reconcileAfterMs: 1000 * (settings.pollSeconds ?? (publicUrl === undefined ? 120 : 600)),
}));

/** What a callback needs, besides its token or instead of it. */
const CallbackSettings = z.object({
  secrets: secrets.default([]).meta({ name: "JUMIO_CALLBACK_SECRET" }),
  sources: list(/[\s,]+/).transform((entries, context) => {
    const sources = parseSources(entries);
    if (sources.ok) return entries.length === 0 ? undefined : sources.value;
    context.addIssue(`must list addresses or CIDR ranges: entry ${sources.badEntry} is neither`);
    return z.NEVER;
  }).optional().meta({ name: "JUMIO_CALLBACK_SOURCES" }),
  trustedProxyHops: number({ min: 0, max: 10 }).default(0).meta({ name: "TRUSTED_PROXY_HOPS" }),
}).transform(({ secrets, ...settings }) => ({
  ...settings,
  keys: secrets.map((secret) => importSignatureKey(secret.reveal())),
  hasShortSecret: !haveLength(secrets, MIN_UNGUESSED_LENGTH),
}));

/** The operator's name and addresses on the person's pages. Unset: neutral words, and no address. */
const BrandSettings = z.object({
  name: text.optional().meta({ name: "BRAND_NAME" }),
  supportUrl: text.refine(
    (value) => ["https:", "mailto:", "tel:"].includes(URL.parse(value)?.protocol ?? ""),
    "must begin with https://, mailto: or tel:",
  ).optional().meta({ name: "SUPPORT_URL" }),
  appUrl: appUrl.optional().meta({ name: "APP_URL" }),
});

/** What the operator decides about verdicts. */
const PolicySettings = z.object({
  loginBlockedStatuses: list(/,/).refine(
    (names) => parseBlockableStatuses(names) !== undefined,
    `may list ${BLOCKABLE_STATUSES.join(", ")}`,
  ).default([]).transform((names) => new Set(parseBlockableStatuses(names, ["rejected"])))
    .meta({ name: "LOGIN_BLOCKED_STATUSES" }),
  warningStatus: oneOf(["review", "verified", "rejected"]).default("review")
    .meta({ name: "JUMIO_WARNING_STATUS" }),
  revokeSessionsOnRejection: oneOf(["true", "false"]).default("false")
    .transform((value) => value === "true").meta({ name: "REVOKE_SESSIONS_ON_REJECTION" }),
});

const OperatorSettings = z.object({
  /** Newest first. Without any there is no operator API. */
  keys: secrets.refine(
    (values) => haveLength(values, MIN_SECRET_LENGTH),
    `must have at least ${MIN_SECRET_LENGTH} characters, in each of its values`,
  ).transform(createOperatorKeys).default([]).meta({ name: "OPERATOR_SECRET" }),
});

/** Where the application gets events. */
const EventsSettings = z.object({
  url: text.transform((value, context) => {
    const url = URL.parse(value);
    const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url));
    if (url !== null && isSafe && url.username + url.password + url.hash === "") return url;
    context.addIssue(
      "must be an address that begins with https:// (http:// on a loopback address), without " +
        "user, password or fragment",
    );
    return z.NEVER;
  }).optional().meta({ name: "EVENTS_URL" }),
  /** Newest first. Each of them signs. */
  keys: secrets.transform((values, context) => {
    const keys = values.flatMap((secret) => importWebhookKey(secret.reveal()) ?? []);
    if (keys.length === values.length) return keys;
    context.addIssue("must be whsec_ and 24 to 64 bytes in base64, in each of its values");
    return z.NEVER;
  }).optional().meta({ name: "EVENTS_SECRET" }),
}).superRefine(({ url, keys }, context) => {
  if ((url === undefined) === (keys === undefined)) return;
  const [missing, set] = url === undefined
    ? ["url", "EVENTS_SECRET"] as const
    : ["keys", "EVENTS_URL"] as const;
  const message = `is missing, because ${set} is set`;
  context.addIssue({ code: "custom", path: [missing], message });
}).transform(({ url, keys }) => ({
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
  Object.values(listNames(section))
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

/** The origins that the service may call, and no others. */
export function allowedOrigins({ kratos, jumio, events }: Config): ReadonlySet<string> {
  const { receiver } = events;
  const urls = [
    kratos.adminUrl,
    jumio.tokenUrl,
    jumio.accountUrl,
    jumio.retrievalUrl,
    ...(receiver === undefined ? [] : [receiver.url]),
  ];
  return new Set(urls.map((url) => url.origin));
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
