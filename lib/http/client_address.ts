// SPDX-License-Identifier: Apache-2.0
import { BlockList, isIP } from "node:net";

/** What the server knows of a request beside it. */
export interface ConnectionInfo {
  /** The TCP peer, which may be a proxy. Read it only where it is needed: the read is slow. */
  readonly remoteAddr: { readonly hostname?: string };
}

/** The addresses that callbacks may come from. */
export type Sources = Readonly<{ includes(address: string): boolean }>;

/** Parses a list of addresses and CIDR ranges. `badEntry` counts from 1. */
export function parseSources(
  entries: readonly string[],
): { ok: true; value: Sources } | { ok: false; badEntry: number } {
  const list = new BlockList();
  for (const [index, entry] of entries.entries()) {
    const [address = "", prefixText] = entry.split("/");
    const version = isIP(address);
    const maxPrefix = version === 6 ? 128 : 32;
    const prefix = prefixText === undefined ? maxPrefix : Number(prefixText);
    const isPrefix = prefixText === undefined || /^\d{1,3}$/.test(prefixText);
    if (version === 0 || !isPrefix || prefix > maxPrefix || entry.split("/").length > 2) {
      return { ok: false, badEntry: index + 1 };
    }
    list.addSubnet(address, prefix, version === 6 ? "ipv6" : "ipv4");
  }
  return {
    ok: true,
    value: {
      includes(address) {
        const version = isIP(address);
        return version !== 0 && list.check(address, version === 6 ? "ipv6" : "ipv4");
      },
    },
  };
}

/**
 * The address that a request came from. Only the last `trustedProxyHops` entries of
 * `X-Forwarded-For` count: our own proxies added them. Any sender can write the entries before.
 */
export function sourceAddress(
  headers: Headers,
  { peer, trustedProxyHops }: { peer: string; trustedProxyHops: number },
): string | undefined {
  if (trustedProxyHops === 0) return peer;
  const hops = (headers.get("x-forwarded-for") ?? "").split(",").map((hop) => hop.trim());
  return hops[hops.length - trustedProxyHops];
}

/** Whether an address is of this machine, where connections need no TLS. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** Whether a request came from an allowed address. An allowlist narrows; it proves nothing. */
export function isAllowedSource(
  headers: Headers,
  { peer, sources, trustedProxyHops }: {
    peer: string;
    /** Undefined: every address is allowed. */
    sources: Sources | undefined;
    trustedProxyHops: number;
  },
): boolean {
  if (sources === undefined) return true;
  const address = sourceAddress(headers, { peer, trustedProxyHops });
  return address !== undefined && sources.includes(address);
}
