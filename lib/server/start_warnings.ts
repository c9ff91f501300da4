// SPDX-License-Identifier: Apache-2.0
import type { Config } from "../config/config.ts";

/** The first version of Deno 2.9 whose server keeps connections open (deno#36657). */
const MIN_DENO = [2, 9, 6] as const;

/** What an operator should change, although the service can run. One sentence each. */
export function listStartWarnings(
  { address, callback, server }: Config,
  { deno }: { deno: string },
): readonly string[] {
  const warnings: string[] = [];
  // On Deno Deploy nobody can choose the version.
  if (server.host !== undefined && isOlder(deno)) {
    warnings.push(
      "This version of Deno closes connections early (deno#36657): install 2.9.6 or newer",
    );
  }
  if (address.publicUrl === undefined) {
    warnings.push(
      "PUBLIC_URL is not set: callbacks that are not signed are refused, because they could be " +
        "forged; executions are polled instead, and the link on the identity is Jumio's own, " +
        "which is valid for one day",
    );
  }
  const short = [
    ...(address.hasShortSecret ? ["ORY_WEBHOOK_SECRET"] : []),
    ...(callback.hasShortSecret ? ["JUMIO_CALLBACK_SECRET"] : []),
  ];
  for (const name of short) {
    warnings.push(`${name} has under 16 characters, so it can be guessed: use a longer one`);
  }
  return warnings;
}

function isOlder(version: string): boolean {
  const parts = version.split(/[.+-]/).map(Number);
  for (const [index, least] of MIN_DENO.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part < least;
  }
  return false;
}
