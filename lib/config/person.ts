import type { SettingReader } from "./_reader.ts";
import { isLoopback } from "../http/client_address.ts";

/**
 * Where Jumio's pages for the person may be, as sources of a content security policy.
 *
 * They are at `<prefix>.web.<region>.jumio.ai`. A simulator has them at its own address; behind a
 * proxy of the operator's the region is not known, so any host of Jumio's may be it.
 */
export function webSources(
  { tokenUrl, apiUrl }: { tokenUrl: URL; apiUrl: URL },
): readonly string[] {
  const regions = [tokenUrl, apiUrl].flatMap(({ hostname }) =>
    /^[a-z]+\.([a-z0-9-]+)\.jumio\.ai$/.exec(hostname)?.[1] ?? []
  );
  if (regions.length > 0) {
    return [...new Set(regions.map((region) => `https://*.web.${region}.jumio.ai`))];
  }
  return isLoopback(apiUrl) ? [apiUrl.origin] : [apiUrl.origin, "https://*.jumio.ai"];
}

/** Where the person gets help: a page, or an address that the mail program or the phone opens. */
export function readSupportUrl(read: SettingReader): string | undefined {
  const value = read.text("SUPPORT_URL");
  if (value === undefined) return undefined;
  const protocol = URL.canParse(value) ? new URL(value).protocol : "";
  if (["https:", "mailto:", "tel:"].includes(protocol)) return value;
  read.problems.push("SUPPORT_URL must begin with https://, mailto: or tel:");
  return undefined;
}
