// SPDX-License-Identifier: Apache-2.0
import type { Config } from "../../lib/config/config.ts";
import { isOryNetwork } from "../../lib/config/kratos.ts";
import { toRecord } from "../kratos_config/edit.ts";
import type { Report } from "./findings.ts";
import { describeProbe, type ProbeAnswer, type SendProbe } from "./probe.ts";

/** No identity has this id, so a patch of it changes nothing. */
const ZERO_ID = "00000000-0000-0000-0000-000000000000";

/** The oldest version that runs the sign-in hooks if a registration turns into a sign-in. */
const LEAST_VERSION = [1, 3, 0] as const;

const WHERE = "KRATOS_ADMIN_URL";

interface Checking {
  readonly probe: SendProbe;
  readonly report: Pick<Report, "add" | "addUnchecked">;
}

/** Checks that the service's key can list and patch identities, and the version of Kratos. */
export async function checkKratos(
  { adminUrl, apiKey }: Config["kratos"],
  { probe, report }: Checking,
): Promise<void> {
  const headers: Record<string, string> = apiKey === undefined
    ? {}
    : { "authorization": `Bearer ${apiKey.reveal()}` };
  const list = await probe(new URL("admin/identities?page_size=1", adminUrl), { headers });
  if (list.ok && (list.status === 401 || list.status === 403)) {
    return report.add("kratos_key_refused", WHERE, describeProbe(list));
  }
  if (!list.ok || list.status !== 200 || !Array.isArray(list.json)) {
    return report.add("kratos_unreachable", WHERE, describeProbe(list));
  }
  const patch = await probe(new URL(`admin/identities/${ZERO_ID}`, adminUrl), {
    method: "PATCH",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify([{ op: "replace", path: "/metadata_public/jumio", value: {} }]),
  });
  // Kratos says in the body what it did not find. A proxy in front of it may answer 404, too.
  const code = patch.ok ? toRecord(toRecord(patch.json)?.["error"])?.["code"] : undefined;
  if (!patch.ok || patch.status !== 404 || code !== 404) {
    const isForeign = patch.ok && patch.status === 404;
    report.add(
      "kratos_patch_refused",
      WHERE,
      isForeign ? "It answered 404, but not Kratos's" : describeProbe(patch),
    );
  }
  await checkVersion(adminUrl, { headers, probe, report });
}

async function checkVersion(
  adminUrl: URL,
  { headers, probe, report }: Checking & { headers: Record<string, string> },
): Promise<void> {
  // Ory runs the newest version there.
  if (isOryNetwork(adminUrl)) return;
  // Before v1 the admin API had no /admin in front of its paths.
  const version = readVersion(await probe(new URL("admin/version", adminUrl), { headers })) ??
    readVersion(await probe(new URL("version", adminUrl), { headers }));
  const parts = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version ?? "")?.slice(1).map(Number);
  if (parts === undefined) {
    report.addUnchecked(
      `Whether Kratos is 1.3.0 or later: it reports ${
        version === undefined ? "no version" : `the version "${version}"`
      }`,
    );
  } else if (isOlder(parts, LEAST_VERSION)) {
    report.add("kratos_too_old", WHERE, `It reports the version ${version}`);
  }
}

/** The version in an answer. Anything that does not look like one stays out of the output. */
function readVersion(answer: ProbeAnswer): string | undefined {
  const version = answer.ok ? toRecord(answer.json)?.["version"] : undefined;
  return typeof version === "string" && /^[\w.+-]{1,60}$/.test(version) ? version : undefined;
}

function isOlder(version: readonly number[], least: readonly number[]): boolean {
  const index = least.findIndex((part, at) => version[at] !== part);
  return index !== -1 && (version[index] ?? 0) < (least[index] ?? 0);
}
