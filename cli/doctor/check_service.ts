import { isIpAddress } from "../kratos_config/hook_address.ts";
import { toRecord } from "../kratos_config/edit.ts";
import type { Report } from "./findings.ts";
import { describeProbe, type SendProbe } from "./probe.ts";

interface Checking {
  readonly probe: SendProbe;
  readonly report: Pick<Report, "add">;
}

/** Checks that the service answers at this address and can write to its KV store. */
export async function checkService(url: URL, { probe, report }: Checking): Promise<void> {
  const ready = await probe(new URL("ready", url));
  if (ready.ok && ready.status === 503) report.add("kv_down", url.host);
  else if (!ready.ok || ready.status !== 200 || toRecord(ready.json)?.["status"] !== "ready") {
    report.add("service_unreachable", url.host, describeProbe(ready));
  }
}

/** Checks that Jumio accepts PUBLIC_URL for callbacks, and that callbacks reach the service. */
export async function checkPublicUrl(url: URL, { probe, report }: Checking): Promise<void> {
  const faults = [
    url.protocol === "https:" ? undefined : "It is not https",
    url.port === "" ? undefined : "It has a port",
    isIpAddress(url) || url.hostname === "localhost" ? "It has no host name" : undefined,
  ].filter((fault) => fault !== undefined);
  if (faults.length > 0) report.add("public_url_unfit", "PUBLIC_URL", faults.join(", "));
  // A random token, which no execution has: the service refuses it with 401.
  const token = crypto.getRandomValues(new Uint8Array(32)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
  const callbackUrl = new URL(`${url.href.replace(/\/+$/, "")}/jumio/callback/${token}`);
  const callback = await probe(callbackUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  if (!callback.ok || callback.status !== 401) {
    report.add("callback_unreachable", "PUBLIC_URL", describeProbe(callback));
  }
}
