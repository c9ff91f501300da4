// SPDX-License-Identifier: Apache-2.0
import { timingSafeEqual } from "node:crypto";
import type { Secret } from "./secret.ts";

const UTF8 = new TextEncoder();

/**
 * Compares what a caller sent with a secret in constant time. Only the length of the secret can be
 * learned from the timing.
 */
export function isSameSecret(candidate: string, secret: Secret): boolean {
  const sent = UTF8.encode(candidate);
  const expected = UTF8.encode(secret.reveal());
  return sent.length === expected.length && timingSafeEqual(sent, expected);
}
