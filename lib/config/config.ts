import { ConfigError } from "../upstream/error.ts";
import { createLinkKeys, type LinkKeys } from "../verification/link.ts";
import { isLoopback } from "../http/client_address.ts";
import { LOG_LEVELS, type LogLevel } from "../log.ts";
import { createOperatorKeys, type OperatorKey } from "../operator/key.ts";
import type { Secret } from "../crypto/secret.ts";
import { readSupportUrl } from "./person.ts";
import { createSettingReader, type SettingReader } from "./_reader.ts";
import { readJumio, readKratos } from "./upstreams.ts";
import { importSignatureKey } from "../crypto/hmac.ts";
import { parseSources, type Sources } from "../http/client_address.ts";

/** Every setting that the service reads. `deno task start` may read these and no others. */
export const SETTINGS = [
  "ORY_WEBHOOK_SECRET",
  "KRATOS_ADMIN_URL",
  "ORY_API_KEY",
  "JUMIO_AUTH_URL",
  "JUMIO_API_BASE_URL",
  "JUMIO_CLIENT_ID",
  "JUMIO_CLIENT_SECRET",
  "JUMIO_CALLBACK_SECRET",
  "PORT",
  "PUBLIC_URL",
  "JUMIO_WORKFLOW_KEY",
  "JUMIO_STARTS_PER_SECOND",
  "KV_PATH",
  "LOGIN_BLOCKED_STATUSES",
  "JUMIO_WARNING_STATUS",
  "REVOKE_SESSIONS_ON_REJECTION",
  "JUMIO_CALLBACK_SOURCES",
  "TRUSTED_PROXY_HOPS",
  "LINK_SECRET",
  "LINK_LIFETIME_DAYS",
  "OPERATOR_SECRET",
  "BRAND_NAME",
  "SUPPORT_URL",
  "RECONCILE_AFTER_SECONDS",
  "LOG_LEVEL",
  "DENO_DEPLOY",
] as const;

/** A status that can refuse a sign-in. `none`: the identity has no `jumio` yet. */
export type BlockableStatus = "none" | "pending" | "review" | "rejected" | "expired";

/** Every status that can refuse a sign-in. */
export const BLOCKABLE_STATUSES: readonly BlockableStatus[] = [
  "none",
  "pending",
  "review",
  "rejected",
  "expired",
];

/** A link that is signed by less can be guessed by whoever holds one: every registered person. */
const MIN_LINK_SECRET_LENGTH = 32;

/** It opens everything, to whoever reaches the address; nothing limits how often it is guessed. */
const MIN_OPERATOR_SECRET_LENGTH = 32;

/** What the environment said, checked. Holds no secret that printing could show. */
export interface Config {
  /** Where we listen. */
  readonly port: number;
  /** Where the world reaches us, without a slash at its end. */
  readonly publicUrl: string | undefined;
  /** What is below it is not written. */
  readonly logLevel: LogLevel;
  /** Undefined on Deno Deploy: the database attached there. */
  readonly kvPath: string | undefined;
  /** What Ory sends with its hooks, newest first. */
  readonly hookSecrets: readonly Secret[];
  /** Ory's admin API. Without a key, one that is private. */
  readonly kratos: { readonly adminUrl: URL; readonly apiKey: Secret | undefined };
  /** Jumio's APIs, and what we ask them for. */
  readonly jumio: {
    readonly tokenUrl: URL;
    readonly accountUrl: URL;
    readonly retrievalUrl: URL;
    /** Where Jumio's pages for the person may be, as sources of a content security policy. */
    readonly webSources: readonly string[];
    readonly clientId: string;
    readonly clientSecret: Secret;
    readonly workflowKey: string;
    readonly startsPerSecond: number;
  };
  /** What a callback has to bring, beside or instead of its token. */
  readonly callback: {
    readonly keys: readonly CryptoKey[];
    readonly sources: Sources | undefined;
    readonly trustedProxyHops: number;
  };
  /** How the person's links are signed. Undefined where there is no address to link to. */
  readonly link: { readonly keys: LinkKeys; readonly lifetimeDays: number } | undefined;
  /** How the operator is called on the person's pages. Unset: neutral words. */
  readonly brand: { readonly name: string | undefined; readonly supportUrl: string | undefined };
  /** What the operator decides about verdicts. */
  readonly policy: {
    readonly loginBlockedStatuses: ReadonlySet<BlockableStatus>;
    readonly warningStatus: "review" | "verified" | "rejected";
    readonly revokeSessionsOnRejection: boolean;
  };
  /** Newest first. With none of them there is no operator API. */
  readonly operatorKeys: readonly OperatorKey[];
  /** When an execution is first polled. */
  readonly reconcileAfterMs: number;
}

/**
 * Parses an environment into a frozen configuration.
 *
 * @throws {ConfigError} With every problem at once; it names settings, never their values.
 */
export async function parseConfig(
  env: Readonly<Record<string, string | undefined>>,
): Promise<Config> {
  const read = createSettingReader(env);
  const hookSecrets = readHookSecrets(read);
  const publicUrl = readPublicUrl(read);
  const link = await readLink(read, { hookSecrets, publicUrl });
  const callbackKeys = read.secrets("JUMIO_CALLBACK_SECRET").map((secret) =>
    importSignatureKey(secret.reveal())
  );
  const config: Config = {
    port: read.number("PORT", { orElse: 3000, min: 0, max: 65_535 }),
    publicUrl,
    logLevel: read.oneOf("LOG_LEVEL", { of: LOG_LEVELS, orElse: "info" }),
    kvPath: read.text("KV_PATH") ??
      (read.text("DENO_DEPLOY") === undefined ? "./data/kv.sqlite3" : undefined),
    hookSecrets,
    kratos: readKratos(read),
    jumio: readJumio(read),
    callback: {
      keys: await Promise.all(callbackKeys),
      sources: readSources(read),
      trustedProxyHops: read.number("TRUSTED_PROXY_HOPS", { orElse: 0, min: 0, max: 10 }),
    },
    link,
    brand: { name: read.text("BRAND_NAME"), supportUrl: readSupportUrl(read) },
    policy: {
      loginBlockedStatuses: readBlockedStatuses(read),
      warningStatus: read.oneOf("JUMIO_WARNING_STATUS", {
        of: ["review", "verified", "rejected"],
        orElse: "review",
      }),
      revokeSessionsOnRejection: read.oneOf("REVOKE_SESSIONS_ON_REJECTION", {
        of: ["true", "false"],
        orElse: "false",
      }) === "true",
    },
    operatorKeys: await readOperatorKeys(read),
    reconcileAfterMs: 1000 * read.number("RECONCILE_AFTER_SECONDS", {
      orElse: publicUrl === undefined ? 120 : 600,
      min: 1,
      max: 86_400,
    }),
  };
  if (read.problems.length > 0) throw new ConfigError(read.problems);
  return deepFreeze(config);
}

/**
 * Parses what reaches Kratos's admin API, for a program that needs no more.
 *
 * @throws {ConfigError} With every problem at once; it names settings, never their values.
 */
export function parseKratosConfig(
  env: Readonly<Record<string, string | undefined>>,
): Config["kratos"] {
  const read = createSettingReader(env);
  const kratos = readKratos(read);
  if (read.problems.length > 0) throw new ConfigError(read.problems);
  return kratos;
}

/** The origins that the service may call, and no others. */
export function allowedOrigins({ kratos, jumio }: Config): ReadonlySet<string> {
  return new Set(
    [kratos.adminUrl, jumio.tokenUrl, jumio.accountUrl, jumio.retrievalUrl].map((url) =>
      url.origin
    ),
  );
}

function readHookSecrets(read: SettingReader): readonly Secret[] {
  read.required("ORY_WEBHOOK_SECRET");
  return read.secrets("ORY_WEBHOOK_SECRET");
}

function readPublicUrl(read: SettingReader): string | undefined {
  const url = read.url("PUBLIC_URL");
  if (url === undefined) return undefined;
  if (url.protocol !== "https:" && !isLoopback(url)) {
    read.problems.push("PUBLIC_URL must begin with https://, except on a loopback address");
  }
  return url.href.replace(/\/+$/, "");
}

async function readLink(
  read: SettingReader,
  { hookSecrets, publicUrl }: { hookSecrets: readonly Secret[]; publicUrl: string | undefined },
): Promise<Config["link"]> {
  const own = read.secrets("LINK_SECRET");
  const lifetimeDays = read.number("LINK_LIFETIME_DAYS", { orElse: 90, min: 1, max: 3650 });
  if (publicUrl === undefined) return undefined;
  const secrets = own.length > 0 ? own : hookSecrets;
  const [signing] = secrets;
  if (signing === undefined) return undefined;
  if (signing.reveal().length < MIN_LINK_SECRET_LENGTH) {
    const name = own.length > 0 ? "LINK_SECRET" : "ORY_WEBHOOK_SECRET";
    read.problems.push(
      `${name} must have ${MIN_LINK_SECRET_LENGTH} characters at least, because it signs links ` +
        `(PUBLIC_URL is set${own.length > 0 ? "" : " and LINK_SECRET is not"})`,
    );
    return undefined;
  }
  return { keys: await createLinkKeys(secrets), lifetimeDays };
}

async function readOperatorKeys(read: SettingReader): Promise<readonly OperatorKey[]> {
  const secrets = read.secrets("OPERATOR_SECRET");
  if (secrets.some((secret) => secret.reveal().length < MIN_OPERATOR_SECRET_LENGTH)) {
    read.problems.push(
      `OPERATOR_SECRET must have ${MIN_OPERATOR_SECRET_LENGTH} characters at least, each value of it`,
    );
  }
  return await createOperatorKeys(secrets);
}

function readSources(read: SettingReader): Sources | undefined {
  const entries = read.list("JUMIO_CALLBACK_SOURCES", /[\s,]+/);
  if (entries.length === 0) return undefined;
  const sources = parseSources(entries);
  if (sources.ok) return sources.value;
  read.problems.push(
    `JUMIO_CALLBACK_SOURCES must list addresses or CIDR ranges: entry ${sources.badEntry} is neither`,
  );
  return undefined;
}

function readBlockedStatuses(read: SettingReader): ReadonlySet<BlockableStatus> {
  const names = read.list("LOGIN_BLOCKED_STATUSES", /,/);
  if (names.length === 0) return new Set(["rejected"]);
  const statuses = parseBlockableStatuses(names);
  if (statuses === undefined) {
    read.problems.push(`LOGIN_BLOCKED_STATUSES may list ${BLOCKABLE_STATUSES.join(", ")}`);
  }
  return new Set(statuses);
}

/** The statuses of a list, once each and in their usual order. Undefined where one is not known. */
export function parseBlockableStatuses(
  names: readonly string[],
): readonly BlockableStatus[] | undefined {
  const statuses = BLOCKABLE_STATUSES.filter((status) => names.includes(status));
  return new Set(names).size === statuses.length ? statuses : undefined;
}

function deepFreeze(config: Config): Config {
  const { kratos, jumio, callback, link, brand, policy } = config;
  for (const part of [kratos, jumio, callback, link, brand, policy]) {
    if (part !== undefined) Object.freeze(part);
  }
  return Object.freeze(config);
}
