import type { MaskedMessage } from "./observed_call.ts";

/** What stands in the place of a secret. */
export const MASK = "•••";

const MAX_SHOWN = 8_000;

const SECRET_HEADERS = new Set([
  "authorization",
  "cookie",
  "proxy-authorization",
  "set-cookie",
  "x-jumio-signature",
  "x-session-token",
  "x-webhook-secret",
]);

/** In bodies and in query strings. */
const SECRET_NAMES = new Set([
  "access_token",
  "authorizationtoken",
  "client_secret",
  "code",
  "password",
  "recovery_code",
  "session_token",
  "token",
]);

const CALLBACK_PATH = /(\/jumio\/callback\/)[^/?#]+/;

/** An address in the midst of a text. */
const ADDRESS = /https?:\/\/[^\s"'<>]+/g;

/** Masks headers, and the body as what its content type says that it is. */
export function maskMessage(headers: Headers, body: string): MaskedMessage {
  const type = headers.get("content-type") ?? "";
  return {
    headers: Array.from(headers, ([name, value]) => [name, maskHeader(name, value)] as const),
    body: maskBody(body, type).slice(0, MAX_SHOWN),
  };
}

/** Masks the secrets that stand in our own addresses and in Jumio's: a path's, a query's. */
export function maskAddress(address: string): string {
  const [path = "", query] = address.split(/\?(.*)/s);
  const masked = path.replace(CALLBACK_PATH, `$1${MASK}`);
  if (query === undefined) return masked;
  const pairs = query.split("&").map((pair) => {
    const [name = "", value] = pair.split(/=(.*)/s);
    if (value === undefined) return pair;
    if (isSecret(decode(name))) return `${name}=${MASK}`;
    // An address within an address, such as where to go next.
    const inner = decode(value);
    return inner.includes("://") ? `${name}=${encodeURIComponent(maskAddress(inner))}` : pair;
  });
  return `${masked}?${pairs.join("&")}`;
}

/** Masks values by the names of their keys, and addresses wherever they are. */
export function maskValue(value: unknown): unknown {
  if (typeof value === "string") return maskText(value);
  if (Array.isArray(value)) return value.map(maskValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) =>
      isSecret(name) && typeof inner === "string" ? [name, MASK] : [name, maskValue(inner)]
    ),
  );
}

function maskHeader(name: string, value: string): string {
  if (!SECRET_HEADERS.has(name.toLowerCase())) return maskText(value);
  // The scheme is no secret, and says what the caller meant to prove.
  const scheme = /^(Basic|Bearer) /i.exec(value)?.[1];
  return scheme === undefined ? MASK : `${scheme} ${MASK}`;
}

function maskBody(body: string, type: string): string {
  if (body === "") return "";
  if (type.includes("x-www-form-urlencoded")) return maskAddress(`?${body}`).slice(1);
  if (type.includes("html")) return "(a page)";
  try {
    return JSON.stringify(maskValue(JSON.parse(body)), null, 2);
  } catch {
    // Text of another kind: its addresses are all that could be secret.
    return maskText(body);
  }
}

function maskText(text: string): string {
  return text.replace(ADDRESS, maskAddress);
}

function isSecret(name: string): boolean {
  return SECRET_NAMES.has(name.toLowerCase());
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not encoded as it should be: then it is what it looks like.
    return text;
  }
}
