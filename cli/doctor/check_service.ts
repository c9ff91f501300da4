// SPDX-License-Identifier: Apache-2.0
import { refusalAnswer } from "../../lib/http/refusal.ts";
import type { Secret } from "../../lib/crypto/secret.ts";
import { isIpAddress } from "../kratos_config/hook_address.ts";
import { toRecord } from "../kratos_config/edit.ts";
import type { Report } from "./findings.ts";
import { describeProbe, type ProbeAnswer, type SendProbe } from "./probe.ts";

interface Checking {
  readonly probe: SendProbe;
  readonly report: Pick<Report, "add" | "addUnchecked">;
}

/** Checks that the service answers at this address and can write to its KV store. */
export async function checkService(url: URL, { probe, report }: Checking): Promise<void> {
  const ready = await probe(new URL("ready", url));
  if (ready.ok && ready.status === 503) report.add("kv_down", url.host, readReason(ready.json));
  else if (!ready.ok || ready.status !== 200 || toRecord(ready.json)?.["status"] !== "ready") {
    report.add("service_unreachable", url.host, describeProbe(ready));
  }
}

/**
 * Checks that the running service accepts each value of ORY_WEBHOOK_SECRET. It asks about the
 * sign-in of a verified person with a random id: that has no effect and is answered with 200.
 */
export async function checkHookSecrets(
  url: URL,
  { hookSecrets, probe, report }: Checking & { hookSecrets: readonly Secret[] },
): Promise<void> {
  for (const [index, secret] of hookSecrets.entries()) {
    const answer = await probe(new URL("jumio/validate", url), {
      method: "POST",
      headers: { "content-type": "application/json", "x-webhook-secret": secret.reveal() },
      body: JSON.stringify({ "identity_id": crypto.randomUUID(), jumio: { status: "verified" } }),
    });
    if (isOurRefusal(answer)) {
      const which = hookSecrets.length === 1 ? "it" : `value ${index + 1} of ${hookSecrets.length}`;
      report.add("hook_secret_refused", "ORY_WEBHOOK_SECRET", `${url.host} refuses ${which}`);
    } else if (!answer.ok || answer.status !== 200 || toRecord(answer.json) === undefined) {
      report.addUnchecked(
        `Whether the service accepts ORY_WEBHOOK_SECRET: POST ${url.href}jumio/validate: ` +
          describeProbe(answer),
      );
    }
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
  if (!isOurRefusal(callback)) {
    const isForeign = callback.ok && callback.status === 401;
    report.add(
      "callback_unreachable",
      "PUBLIC_URL",
      isForeign ? "Something else answered 401, such as a proxy" : describeProbe(callback),
    );
  }
}

/** Whether it is the service's own 401. A proxy in front of it may ask for a password. */
function isOurRefusal(answer: ProbeAnswer): boolean {
  return answer.ok && answer.status === 401 &&
    toRecord(answer.json)?.["title"] === refusalAnswer("hook_secret").title;
}

/** Why KV cannot be written, as the service says it. */
function readReason(answer: unknown): string | undefined {
  const reason = toRecord(answer)?.["reason"];
  return typeof reason === "string" && /^kv_\w{1,40}$/.test(reason) ? reason : undefined;
}
