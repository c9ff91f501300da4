// SPDX-License-Identifier: Apache-2.0
import type { Secret } from "./secret.ts";

/** The part of a string that a comparison reads. */
export type Characters = Pick<string, "length" | "charCodeAt">;

/** Tells whether the value of a header is one of some secrets. */
export type MatchesHeader = (candidate: Characters) => boolean;

/**
 * Prepares the comparison of a header with secrets. It takes the same steps whatever the header says:
 * every character of every secret is compared.
 *
 * Only for what each sign-in must show, Ory's secret. The runtime's `timingSafeEqual` is a loop over
 * bytes as well, but for bytes that have to be encoded first: with it, a sign-in took a third more
 * processor time. It compares the operator's secret (`same_secret.ts`), and WebCrypto compares
 * signatures and tokens.
 *
 * The runtime gives each byte of a header as one character, so characters outside Latin-1 match
 * nothing.
 */
export function createHeaderMatcher(secrets: readonly Secret[]): MatchesHeader {
  const expected = secrets.map((secret) => {
    const value = secret.reveal();
    return Uint16Array.from(value, (_, index) => value.charCodeAt(index));
  });
  return (candidate) => {
    let isMatch = false;
    for (const codes of expected) isMatch = isEqual(candidate, codes) || isMatch;
    return isMatch;
  };
}

/** The steps depend on the length of the secret alone. */
function isEqual(candidate: Characters, codes: Uint16Array): boolean {
  let difference = candidate.length ^ codes.length;
  for (let index = 0; index < codes.length; index++) {
    // Past the end of the candidate this is NaN, which counts as 0: the length differs already.
    difference |= candidate.charCodeAt(index) ^ (codes[index] ?? 0);
  }
  return difference === 0;
}
