// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { findBinary, runBuild } from "../../sandbox/processes/cached_binary.ts";

const VERSION = "3.18.6";

/** A helm that Go builds knows no version of Kubernetes. */
const KUBERNETES = "1.37.0";

/** The folder of the chart, without a slash at its end. */
export const CHART = new URL("../../deploy/helm/ory-jumio-bridge", import.meta.url).pathname;

/** The sets of values that the chart is tested with, in `ci/` of the chart. */
export const VALUES = ["two-replicas", "kv-file", "everything"] as const;

/** An object of Kubernetes, or a part of one. */
// deno-lint-ignore no-explicit-any -- tests read manifests of many shapes
export type Manifest = any;

/** Finds helm: `HELM_BIN`, or a binary that Go builds once. Returns its path. */
export async function findHelm(): Promise<string> {
  return await findBinary({
    variable: "HELM_BIN",
    folderName: `helm-${VERSION}`,
    path: "helm",
    build: (folder) =>
      runBuild("go", {
        args: ["install", `helm.sh/helm/v3/cmd/helm@v${VERSION}`],
        env: { "GOBIN": folder },
        cure: "install Go, or set HELM_BIN to the path of a helm",
      }),
  });
}

/** Runs `helm lint` or `helm template` on the chart. `output` has the messages, too. */
export async function runHelm(
  command: "lint" | "template",
  { values, args = [] }: { values?: typeof VALUES[number]; args?: readonly string[] },
): Promise<{ success: boolean; output: string }> {
  const { success, stdout, stderr } = await new Deno.Command(await findHelm(), {
    args: [
      command,
      ...(command === "template" ? ["bridge", "--namespace", "ory"] : ["--strict"]),
      CHART,
      ...["--kube-version", KUBERNETES],
      ...(values === undefined ? [] : ["--values", `${CHART}/ci/${values}-values.yaml`]),
      ...args,
    ],
  }).output();
  const [out, messages] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { success, output: `${out}${messages}` };
}

/** The objects that the chart makes, by kind. It makes one of each kind. */
export async function renderChart(
  values: typeof VALUES[number],
  args: readonly string[] = [],
): Promise<ReadonlyMap<string, Manifest>> {
  const { success, output } = await runHelm("template", { values, args });
  assert(success, output);
  const manifests = parseAllDocuments(output).map((document) => document.toJS());
  const byKind = new Map(manifests.map((manifest) => [manifest.kind, manifest]));
  assert.equal(byKind.size, manifests.length);
  return byKind;
}

if (import.meta.main) await findHelm();
