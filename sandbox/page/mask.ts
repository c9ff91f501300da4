// SPDX-License-Identifier: Apache-2.0
import type { MaskedMessage } from "./observed_call.ts";

/** Replaces a secret. */
export const MASK = "•••";

/** Longer bodies are cut, in characters. */
const MAX_BODY_LENGTH = 8_000;

const SECRET_HEADERS = new Set([
  "authorization",
  "cookie",
  "proxy-authorization",
  "set-cookie",
  "webhook-signature",
  "x-jumio-signature",
  "x-session-token",
  "x-webhook-secret",
]);

/** Names of secrets in bodies and in query strings, in lower case. */
const SECRET_NAMES = new Set([
  "access_token",
  "authorizationtoken",
  "client_secret",
  "code",
  "csrf_token",
  "logout_token",
  "password",
  "recovery_code",
  "secret",
  "session_token",
  "token",
]);

const CALLBACK_PATH = /(\/jumio\/callback\/)[^/?#]+/;

/** An address inside a text. */
const ADDRESS = /https?:\/\/[^\s"'<>]+/g;

/** Masks the secrets in headers and in a body. The content type says how to read the body. */
export function maskMessage(headers: Headers, body: string): MaskedMessage {
  const type = headers.get("content-type") ?? "";
  return {
    headers: Array.from(headers, ([name, value]) => [name, maskHeader(name, value)] as const),
    body: maskBody(body, type).slice(0, MAX_BODY_LENGTH),
  };
}

/** Masks the secrets in the path and in the query of our own addresses and Jumio's. */
export function maskAddress(address: string): string {
  const [path = "", query] = address.split(/\?(.*)/s);
  const masked = path.replace(CALLBACK_PATH, `$1${MASK}`);
  if (query === undefined) return masked;
  const pairs = query.split("&").map((pair) => {
    const [name = "", value] = pair.split(/=(.*)/s);
    if (value === undefined) return pair;
    if (isSecret(decode(name))) return `${name}=${MASK}`;
    // The value may be an address itself, such as a return address.
    const inner = decode(value);
    return inner.includes("://") ? `${name}=${encodeURIComponent(maskAddress(inner))}` : pair;
  });
  return `${masked}?${pairs.join("&")}`;
}

/** Masks values whose key is the name of a secret, and the secrets in all addresses. */
export function maskValue(value: unknown): unknown {
  if (typeof value === "string") return maskText(value);
  if (Array.isArray(value)) return value.map(maskValue);
  if (typeof value !== "object" || value === null) return value;
  // An input of a form in Ory.
  if ("name" in value && "value" in value && isSecret(String(value.name))) {
    return { ...value, value: MASK };
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) =>
      isSecret(name) && typeof inner === "string" ? [name, MASK] : [name, maskValue(inner)]
    ),
  );
}

function maskHeader(name: string, value: string): string {
  if (!SECRET_HEADERS.has(name.toLowerCase())) return maskText(value);
  // The scheme is not a secret.
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
    // Not JSON. Only its addresses can contain secrets.
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
    // Not encoded correctly, so it is used as it is.
    return text;
  }
}
