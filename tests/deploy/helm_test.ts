// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { VERSION } from "../../lib/upstream/version.ts";
import { renderChart, runHelm, VALUES } from "../support/helm.ts";

const PYTHON = new URL("../../.tools/venv/bin/python", import.meta.url).pathname;

/** Validates manifests by the schemas of Kubernetes. Unknown fields are mistakes. */
async function validate(manifests: string): Promise<{ success: boolean; output: string }> {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  await Deno.writeTextFile(file, manifests);
  const args = ["-m", "kubernetes_validate", "--strict", file];
  const { success, stdout, stderr } = await new Deno.Command(PYTHON, { args }).output();
  await Deno.remove(file);
  const [out, messages] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { success, output: `${out}${messages}` };
}

for (const values of VALUES) {
  Deno.test(`helm lint finds nothing in the chart with the values of ${values}`, async () => {
    const { success, output } = await runHelm("lint", { values });

    assert(success, output);
    assert.doesNotMatch(output, /\[(?:WARNING|ERROR)\]/);
  });

  Deno.test(`the chart's objects with the values of ${values} are valid for Kubernetes`, async () => {
    const { output: manifests } = await runHelm("template", { values });

    const { success, output } = await validate(manifests);

    assert(success, output);
    assert.equal(output.match(/ passed for /g)?.length, manifests.match(/^kind: /gm)?.length);
  });
}

Deno.test("a field that Kubernetes does not know makes the chart's objects invalid", async () => {
  const { output: manifests } = await runHelm("template", { values: "two-replicas" });

  const { success } = await validate(manifests.replace("maxSurge: ", "maxSurgePods: "));

  assert(!success);
});

for (const values of VALUES) {
  Deno.test(`the chart's pods with the values of ${values} have no rights, and stop within 10 s`, async () => {
    const chart = await renderChart(values);

    const { spec: pod } = chart.get("Deployment").spec.template;
    const [container] = pod.containers;
    assert.equal(pod.automountServiceAccountToken, false);
    assert.equal(chart.get("ServiceAccount").automountServiceAccountToken, false);
    assert.equal(pod.serviceAccountName, chart.get("ServiceAccount").metadata.name);
    assert.deepEqual(pod.securityContext, {
      runAsNonRoot: true,
      runAsUser: 1993,
      runAsGroup: 1993,
      fsGroup: 1993,
      seccompProfile: { type: "RuntimeDefault" },
    });
    assert.deepEqual(container.securityContext, {
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
    });
    assert.equal(pod.terminationGracePeriodSeconds, 10);
    // The service itself takes 4.5 s.
    assert(container.lifecycle.preStop.sleep.seconds + 4.5 < pod.terminationGracePeriodSeconds);
    assert(container.resources.requests.memory && container.resources.limits.memory);
  });

  Deno.test(`the chart's probes with the values of ${values} ask /health alone`, async () => {
    const chart = await renderChart(values);

    const [container] = chart.get("Deployment").spec.template.spec.containers;
    for (const probe of [container.livenessProbe, container.readinessProbe]) {
      assert.deepEqual(probe.httpGet, { path: "/health", port: "http" });
    }
    assert.equal(container.startupProbe, undefined);
    assert.equal(container.ports[0].name, "http");
  });
}

Deno.test("the chart runs two replicas, and one of them stays through updates and drains", async () => {
  const chart = await renderChart("two-replicas");

  const { replicas, strategy } = chart.get("Deployment").spec;
  assert.equal(replicas, 2);
  assert.deepEqual(strategy, { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
  assert.equal(chart.get("PodDisruptionBudget").spec.maxUnavailable, 1);
});

Deno.test("the chart's one replica with a file keeps it in a volume, and never runs twice", async () => {
  const chart = await renderChart("kv-file");

  const { replicas, strategy, template: { spec: pod } } = chart.get("Deployment").spec;
  assert.equal(replicas, 1);
  assert.deepEqual(strategy, { type: "Recreate" });
  assert.deepEqual(pod.volumes, [
    { name: "data", persistentVolumeClaim: { claimName: "ory-jumio-bridge" } },
  ]);
  assert.deepEqual(pod.containers[0].volumeMounts, [{ name: "data", mountPath: "/app/data" }]);
  // A budget of one available pod would block each drain of its node.
  assert.equal(chart.get("PodDisruptionBudget").spec.minAvailable, undefined);
});

Deno.test("the chart's selectors all choose the pods of the release", async () => {
  const chart = await renderChart("everything");

  const { template, selector } = chart.get("Deployment").spec;
  const labels = {
    "app.kubernetes.io/name": "ory-jumio-bridge",
    "app.kubernetes.io/instance": "bridge",
  };
  assert.deepEqual(template.metadata.labels, labels);
  assert.deepEqual(selector.matchLabels, labels);
  assert.deepEqual(chart.get("Service").spec.selector, labels);
  assert.deepEqual(chart.get("PodDisruptionBudget").spec.selector.matchLabels, labels);
  assert.deepEqual(chart.get("NetworkPolicy").spec.podSelector.matchLabels, labels);
  const [spread] = template.spec.topologySpreadConstraints;
  assert.deepEqual(spread.labelSelector.matchLabels, labels);
});

Deno.test("the chart's image has the tag of the release workflow, another tag, or a digest", async () => {
  const workflow = new URL("../../.github/workflows/release.yml", import.meta.url);
  const release = await Deno.readTextFile(workflow);
  const images = await Promise.all(VALUES.map(async (values) => {
    const chart = await renderChart(values);
    return chart.get("Deployment").spec.template.spec.containers[0].image;
  }));

  assert(release.includes('test "$GITHUB_REF_NAME" = "v$(jq -r .version deno.json)"'));
  assert(release.includes("tags: ghcr.io/${{ github.repository }}:${{ github.ref_name }}"));
  const repository = "ghcr.io/example/ory-jumio-bridge";
  assert.deepEqual(images, [
    `${repository}:v${VERSION}`,
    `${repository}@sha256:${"0123456789abcdef".repeat(4)}`,
    `${repository}:v0.9.0-rc.1`,
  ]);
});
