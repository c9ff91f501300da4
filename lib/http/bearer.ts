// SPDX-License-Identifier: Apache-2.0
/** The token of `Authorization: Bearer`. The scheme's case does not matter (RFC 9110). */
export function readBearer(headers: Headers): string | undefined {
  return /^Bearer (.+)$/i.exec(headers.get("authorization") ?? "")?.[1];
}
