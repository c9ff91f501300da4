import { BlockList, isIP } from "node:net";
import { readPath } from "./edit.ts";

const PRIVATE = createPrivateRanges();

/** Whether an address is a private one, as far as it can be told without asking for the name. */
export function isPrivateAddress({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  const version = isIP(host);
  if (version !== 0) return PRIVATE.check(host, version === 6 ? "ipv6" : "ipv4");
  // A name without a dot is one of a container's or a host's own network.
  return !host.includes(".") || /\.(?:local|localhost|internal|svc|lan)$/.test(host);
}

/** Whether a host is a number and no name. */
export function isIpAddress({ hostname }: URL): boolean {
  return isIP(hostname.replace(/^\[|\]$/g, "")) !== 0;
}

/** Whether Kratos's filter would keep it from calling this address. */
export function isBlockedByFilter(
  config: unknown,
  { url, isNetwork }: { url: URL; isNetwork: boolean },
): boolean {
  const http = ["clients", "http"];
  const isOn = isNetwork || readPath(config, [...http, "disallow_private_ip_ranges"]) === true;
  if (!isOn || !isPrivateAddress(url)) return false;
  const exceptions = readPath(config, [...http, "private_ip_exception_urls"]);
  // Kratos compares the address without its query.
  const address = `${url.origin}${url.pathname}`;
  return !(Array.isArray(exceptions) ? exceptions : []).some((glob) =>
    toPattern(String(glob)).test(address)
  );
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
