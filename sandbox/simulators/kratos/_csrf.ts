// SPDX-License-Identifier: Apache-2.0
const COOKIE = "csrf_token_simulator";
const SECRET_BYTES = 32;

/** The secret in the CSRF cookie of a browser. A browser without one gets a new one. */
export function readCsrfSecret(request: Request): { secret: string; setCookie?: string } {
  const secret = readCookie(request, COOKIE);
  return secret === undefined ? createCsrfSecret() : { secret };
}

export function createCsrfSecret(): { secret: string; setCookie: string } {
  const secret = createRandomBytes().toBase64();
  const setCookie = `${COOKIE}=${secret}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax`;
  return { secret, setCookie };
}

/** A token for a form. As at Kratos, each token of the same secret looks different. */
export function createCsrfToken(secret: string): string {
  const key = createRandomBytes();
  const token = new Uint8Array(2 * SECRET_BYTES);
  token.set(key);
  token.set(xor(key, Uint8Array.fromBase64(secret)), SECRET_BYTES);
  return token.toBase64();
}

/** Whether the token of a submitted form was made for the browser that submitted it. */
export function isFromSameBrowser(request: Request, token: unknown): boolean {
  const secret = readCookie(request, COOKIE);
  if (secret === undefined || typeof token !== "string") return false;
  try {
    const bytes = Uint8Array.fromBase64(token);
    return xor(bytes.subarray(0, SECRET_BYTES), bytes.subarray(SECRET_BYTES)).toBase64() === secret;
  } catch {
    // Not Base64.
    return false;
  }
}

/** The value of a cookie, or undefined if the request does not have it. */
export function readCookie({ headers }: Request, name: string): string | undefined {
  const pairs = (headers.get("cookie") ?? "").split(/;\s*/);
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

function createRandomBytes(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
}

function xor(left: Uint8Array, right: Uint8Array): Uint8Array {
  return left.map((byte, index) => byte ^ (right[index] ?? 0));
}
