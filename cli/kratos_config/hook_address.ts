// SPDX-License-Identifier: Apache-2.0
import { BlockList, isIP } from "node:net";
import { readRawPath } from "../../lib/http/raw_path.ts";
import { readPath } from "./edit.ts";

const PRIVATE = createPrivateRanges();

/** Whether an address is private, judged without resolving its host name. */
export function isPrivateAddress(url: URL): boolean {
  const host = readHost(url);
  if (isIP(host) !== 0) return isPrivateIp(host);
  // A name without a dot belongs to a container network or a local network.
  return !host.includes(".") || /\.(?:local|localhost|internal|svc|lan)$/.test(host);
}

/**
 * Whether the service answers at a hook's address. It accepts a hook's path exactly, with one more
 * slash before it, or with one after it. A proxy may remove a prefix, which is known only at the
 * address `serviceUrl`.
 */
export function reachesHook(
  address: string,
  { hookPath, serviceUrl }: { hookPath: string; serviceUrl: URL | undefined },
): boolean {
  const path = readRawPath(address.trim());
  const ending = [hookPath, `/${hookPath}`, `${hookPath}/`].find((ending) =>
    path.endsWith(ending) && !path.slice(0, -ending.length).endsWith("/")
  );
  if (ending === undefined) return false;
  if (serviceUrl?.host !== new URL(address).host) return true;
  return path.slice(0, -ending.length) === serviceUrl.pathname.replace(/\/+$/, "");
}

/** Whether the host is an IP address and not a name. */
export function isIpAddress(url: URL): boolean {
  return isIP(readHost(url)) !== 0;
}

/**
 * Whether Kratos's filter of private addresses blocks a call to this address. Undefined if the host
 * name cannot be resolved here.
 */
export async function isBlockedByFilter(
  config: unknown,
  { url, isNetwork, resolve }: {
    url: URL;
    isNetwork: boolean;
    resolve: (hostname: string) => Promise<readonly string[]>;
  },
): Promise<boolean | undefined> {
  const http = ["clients", "http"];
  const isEnabled = isNetwork || readPath(config, [...http, "disallow_private_ip_ranges"]) === true;
  if (!isEnabled) return false;
  const exceptions = readPath(config, [...http, "private_ip_exception_urls"]);
  // Kratos compares the address without its query.
  const address = `${url.origin}${url.pathname}`;
  const isException = (Array.isArray(exceptions) ? exceptions : []).some((glob) =>
    toPattern(String(glob)).test(address)
  );
  if (isException) return false;
  if (isPrivateAddress(url)) return true;
  if (isIpAddress(url)) return false;
  const addresses = await resolve(readHost(url)).catch(() => []);
  return addresses.length === 0 ? undefined : addresses.some(isPrivateIp);
}

function readHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

function isPrivateIp(address: string): boolean {
  return PRIVATE.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

function toPattern(glob: string): RegExp {
  const escaped = glob.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`);
}

function createPrivateRanges(): BlockList {
  const list = new BlockList();
  for (
    const [address, prefix] of [
      ["0.0.0.0", 8],
      ["10.0.0.0", 8],
      ["100.64.0.0", 10],
      ["127.0.0.0", 8],
      ["169.254.0.0", 16],
      ["172.16.0.0", 12],
      ["192.168.0.0", 16],
    ] as const
  ) list.addSubnet(address, prefix, "ipv4");
  for (
    const [address, prefix] of [["::1", 128], ["fc00::", 7], ["fe80::", 10]] as const
  ) list.addSubnet(address, prefix, "ipv6");
  return list;
}
