// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";

/** The name that an operator gives, for the record. It is printed in terminals, logs and pages. */
export const OperatorName = z.string().trim().regex(/^[\p{L}\p{N} ._@-]{1,64}$/u);

/** The request header that carries the name. */
const HEADER = "x-operator";

/** The header for a name. A header holds only bytes, so the name is percent-encoded. */
export function operatorNameHeader(name: string): Readonly<Record<string, string>> {
  return { [HEADER]: encodeURIComponent(name) };
}

/** Whether a request has the header, be its name valid or not. */
export function hasOperatorName(headers: Headers): boolean {
  return headers.has(HEADER);
}

/** The name in a request's header; undefined where it is missing or not a valid name. */
export function readOperatorName(headers: Headers): string | undefined {
  return OperatorName.safeParse(decode(headers.get(HEADER) ?? "")).data;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    // A percent sign that encodes nothing. No valid name has a percent sign.
    return value;
  }
}
