import type { Config } from "../../lib/config/config.ts";
import type { Report } from "./findings.ts";
import { describeProbe, type SendProbe } from "./probe.ts";

/** No identity has this id, so a patch of it changes nothing. */
const ZERO_ID = "00000000-0000-0000-0000-000000000000";

/** Checks that the service's key can list and patch identities. */
export async function checkKratos(
  { adminUrl, apiKey }: Config["kratos"],
  { probe, report }: { probe: SendProbe; report: Pick<Report, "add"> },
): Promise<void> {
  const where = "KRATOS_ADMIN_URL";
  const headers: Record<string, string> = apiKey === undefined
    ? {}
    : { "authorization": `Bearer ${apiKey.reveal()}` };
  const list = await probe(new URL("admin/identities?page_size=1", adminUrl), { headers });
  if (list.ok && (list.status === 401 || list.status === 403)) {
    return report.add("kratos_key_refused", where, describeProbe(list));
  }
  if (!list.ok || list.status !== 200 || !Array.isArray(list.json)) {
    return report.add("kratos_unreachable", where, describeProbe(list));
  }
  const patch = await probe(new URL(`admin/identities/${ZERO_ID}`, adminUrl), {
    method: "PATCH",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify([{ op: "replace", path: "/metadata_public/jumio", value: {} }]),
  });
  if (!patch.ok || patch.status !== 404) {
    report.add("kratos_patch_refused", where, describeProbe(patch));
  }
}
