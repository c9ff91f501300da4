// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { listRoutes } from "../../routes/table.ts";
import type { Config } from "../../lib/config/config.ts";
import { renderChart, runHelm } from "../support/helm.ts";

type OperatorKey = Config["operator"]["keys"][number];

/** The rules of Kubernetes: `Prefix` compares whole segments. */
function isForwarded(
  { path, pathType }: { path: string; pathType: string },
  target: string,
): boolean {
  return target === path || (pathType === "Prefix" && target.startsWith(`${path}/`));
}

/** Whether the public port of deploy/nginx.conf forwards a path. */
async function createNginxMatcher(): Promise<(target: string) => boolean> {
  const nginx = await Deno.readTextFile(new URL("../../deploy/nginx.conf", import.meta.url));
  const [, server = ""] = /listen 8080;([\s\S]*?)listen 8081;/.exec(nginx) ?? [];
  const patterns = [...server.matchAll(/location ~ (\S+) \{/g)].map(([, text = ""]) => text);
  const exact = [...server.matchAll(/location = (\S+) \{/g)].map(([, path]) => path);
  assert.deepEqual([patterns.length, exact.length], [1, 1]);
  return (target) => new RegExp(patterns[0] ?? "").test(target) || exact.includes(target);
}

Deno.test("the chart's Ingress forwards the routes that deploy/nginx.conf forwards, and no others", async () => {
  const chart = await renderChart("everything");
  const isPublic = await createNginxMatcher();
  const [rule] = chart.get("Ingress").spec.rules;
  // Any key adds the routes of operators.
  const routes = (await listRoutes({ operator: { keys: [{} as OperatorKey] } })).map(({ path }) =>
    path.replaceAll(/\{\w+\}/g, "abc-_1")
  );

  const more = ["/", "/jumio", "/jumio/verify/more", "/jumio/callbacks", "/healthz", "/operator"];
  const targets = [...new Set([...routes, ...more])];
  const forwarded = targets.filter((target) =>
    rule.http.paths.some((path: { path: string; pathType: string }) => isForwarded(path, target))
  );

  assert.deepEqual(forwarded, targets.filter(isPublic));
  assert.deepEqual(forwarded.sort(), [
    "/health",
    "/jumio/callback",
    "/jumio/callback/abc-_1",
    "/jumio/verify",
    "/jumio/verify/return",
  ]);
  for (const { backend } of rule.http.paths) {
    assert.deepEqual(backend, {
      service: { name: chart.get("Service").metadata.name, port: { name: "http" } },
    });
  }
});

Deno.test("the chart's Ingress has the host of PUBLIC_URL, also in its certificate", async () => {
  const chart = await renderChart("everything");

  const { rules, tls } = chart.get("Ingress").spec;
  assert.deepEqual(rules.map(({ host }: { host: string }) => host), ["verify.example.com"]);
  assert.deepEqual(tls, [{ hosts: ["verify.example.com"], secretName: "verify-tls" }]);
});

Deno.test("the chart makes no Ingress, and no NetworkPolicy, where its values say so", async () => {
  const [withoutIngress, withoutPolicy] = await Promise.all(
    (["two-replicas", "kv-file"] as const).map((values) => renderChart(values)),
  );

  assert.equal(withoutIngress?.get("Ingress"), undefined);
  assert(withoutIngress?.get("NetworkPolicy"));
  assert.equal(withoutPolicy?.get("NetworkPolicy"), undefined);
});

Deno.test("the chart's NetworkPolicy lets the namespace in, and DNS, https, Kratos and denokv out", async () => {
  const chart = await renderChart("two-replicas");

  const { policyTypes, ingress, egress } = chart.get("NetworkPolicy").spec;
  assert.deepEqual(policyTypes, ["Ingress", "Egress"]);
  assert.deepEqual(ingress, [{ from: [{ podSelector: {} }], ports: [{ port: "http" }] }]);
  assert.deepEqual(egress, [
    { ports: [{ port: 53, protocol: "UDP" }, { port: 53 }, { port: 443 }] },
    { to: [{ namespaceSelector: {} }], ports: [{ port: 4434 }, { port: 4512 }] },
  ]);
});

for (const from of ["null", "[]", "[{}]"]) {
  Deno.test(`the chart refuses networkPolicy.from=${from}, which would let in everybody`, async () => {
    const { success, output } = await runHelm("template", {
      values: "two-replicas",
      args: ["--set-json", `networkPolicy.from=${from}`],
    });

    assert(!success, output);
    assert.match(output, /networkPolicy/);
  });
}
