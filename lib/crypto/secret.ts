// SPDX-License-Identifier: Apache-2.0
import { timingSafeEqual } from "node:crypto";

const UTF8 = new TextEncoder();

/** A secret that cannot be printed or serialized by accident. */
export interface Secret {
  /** The secret itself, to send it or to derive a key from it. */
  reveal(): string;
  /** Compares in constant time. Only the length of the secret can be learned from the timing. */
  matches(candidate: string): boolean;
}

/** Wraps a secret, so that printing or serializing a configuration cannot show it. */
export function createSecret(value: string): Secret {
  const bytes = UTF8.encode(value);
  const secret = {
    reveal: () => value,
    matches(candidate: string): boolean {
      const candidateBytes = UTF8.encode(candidate);
      return candidateBytes.length === bytes.length && timingSafeEqual(candidateBytes, bytes);
    },
    toJSON: () => "[secret]",
    [Symbol.for("Deno.customInspect")]: () => "[secret]",
  };
  return Object.freeze(secret);
}
