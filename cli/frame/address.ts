// SPDX-License-Identifier: Apache-2.0
import { UsageError } from "./command.ts";

/** An address of the service, and the flag or setting that has it. */
export interface GivenAddress {
  readonly name: string;
  readonly text: string | undefined;
}

/**
 * Reads the first address that is set. An empty one counts as unset.
 *
 * @returns Undefined if none is set.
 * @throws {UsageError} If the address is none of a service. Names where it was given.
 */
export function readAddress(given: readonly GivenAddress[]): URL | undefined {
  for (const { name, text = "" } of given) {
    const trimmed = text.trim();
    if (trimmed === "") continue;
    const url = URL.parse(trimmed);
    if (url === null || !isServiceAddress(url)) {
      throw new UsageError(
        `${name} has a wrong form: it must begin with http:// or https:// and a host, as in ` +
          "https://bridge.example.com, without a user name, query or fragment",
      );
    }
    return url;
  }
  return undefined;
}

function isServiceAddress({ protocol, username, password, search, hash }: URL): boolean {
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === "";
}
