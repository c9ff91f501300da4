// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { lazy } from "../lazy.ts";

/** What the server knows of a request beside it. */
export interface ConnectionInfo {
  /** The TCP peer, which may be a proxy. Read it only where it is needed: the read is slow. */
  readonly remoteAddr: { readonly hostname?: string };
}

/** The addresses that callbacks may come from. */
export interface Sources {
  includes(address: string): Promise<boolean>;
}

/** A CIDR range, as {@linkcode BlockList} of `node:net` takes it. */
interface Range {
  readonly address: string;
  readonly prefix: number;
  readonly family: "ipv4" | "ipv6";
}

const Ipv4 = z.lazy(() => z.ipv4());
const Ipv6 = z.lazy(() => z.ipv6());

/** Parses a list of addresses and CIDR ranges. `badEntry` counts from 1. */
export function parseSources(
  entries: readonly string[],
): { ok: true; value: Sources } | { ok: false; badEntry: number } {
  const ranges: Range[] = [];
  for (const [index, entry] of entries.entries()) {
    const range = parseRange(entry);
    if (range === undefined) return { ok: false, badEntry: index + 1 };
    ranges.push(range);
  }
  return { ok: true, value: createSources(ranges) };
}

function parseRange(entry: string): Range | undefined {
  const [address = "", prefixText, ...rest] = entry.split("/");
  const family = findFamily(address);
  if (family === undefined || rest.length > 0) return undefined;
  const maxPrefix = family === "ipv6" ? 128 : 32;
  if (prefixText === undefined) return { address, prefix: maxPrefix, family };
  const prefix = /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : Infinity;
  return prefix > maxPrefix ? undefined : { address, prefix, family };
}

/** Addresses with a zone, such as `fe80::1%eth0`, are none: no range can have one. */
function findFamily(address: string): Range["family"] | undefined {
  if (Ipv4.safeParse(address).success) return "ipv4";
  return Ipv6.safeParse(address).success ? "ipv6" : undefined;
}

/** Loads `node:net` with the first callback, because it is a sixth of the service's start. */
function createSources(ranges: readonly Range[]): Sources {
  const loadList = lazy(async () => {
    const { BlockList } = await import("node:net");
    const list = new BlockList();
    for (const { address, prefix, family } of ranges) list.addSubnet(address, prefix, family);
    return list;
  });
  return {
    async includes(address) {
      const family = findFamily(address);
      return family !== undefined && (await loadList()).check(address, family);
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
export async function isAllowedSource(
  headers: Headers,
  { peer, sources, trustedProxyHops }: {
    peer: string;
    /** Undefined: every address is allowed. */
    sources: Sources | undefined;
    trustedProxyHops: number;
  },
): Promise<boolean> {
  if (sources === undefined) return true;
  const address = sourceAddress(headers, { peer, trustedProxyHops });
  return address !== undefined && await sources.includes(address);
}
