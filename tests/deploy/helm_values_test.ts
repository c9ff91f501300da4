// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parse } from "yaml";
import { parseConfig } from "../../lib/config/config.ts";
import { CHART, type Manifest, renderChart, runHelm, VALUES } from "../support/helm.ts";

const read = (path: string) => Deno.readTextFile(`${CHART}/${path}`);

/** Settings that hold a secret. The access token is not in .env.example: Deno itself reads it. */
const SECRETS = [
  "ORY_WEBHOOK_SECRET",
  "ORY_API_KEY",
  "JUMIO_CLIENT_SECRET",
  "JUMIO_CALLBACK_SECRET",
  "LINK_SECRET",
  "OPERATOR_SECRET",
  "EVENTS_SECRET",
  "DENO_KV_ACCESS_TOKEN",
];

/** As the values are called: `KV_PATH` is `kvPath`. */
function toValueName(setting: string): string {
  return setting.toLowerCase().replaceAll(/_([a-z])/g, (_, letter) => letter.toUpperCase());
}

/** The settings of .env.example. */
async function listSettings(): Promise<string[]> {
  const text = await Deno.readTextFile(new URL("../../.env.example", import.meta.url));
  return [...text.matchAll(/^#? ?([A-Z_]+)=/gm)].map(([, name = ""]) => name);
}

async function renderEnvironment(values: typeof VALUES[number]): Promise<Manifest[]> {
  return (await renderChart(values)).get("Deployment").spec.template.spec.containers[0].env;
}

Deno.test("the chart has a value for each setting of .env.example, and none that is unknown", async () => {
  const settings = await listSettings();
  const values = parse(await read("values.yaml"));

  const plain = settings.filter((name) => !SECRETS.includes(name));
  assert.deepEqual(new Set(Object.keys(values.settings)), new Set(plain.map(toValueName)));
  assert.deepEqual(new Set(Object.keys(values.secretKeys)), new Set(SECRETS.map(toValueName)));
  // A new setting with such a name is a secret, or its name misleads.
  const secretLike = settings.filter((name) => /SECRET|TOKEN|PASSWORD|API_KEY/.test(name));
  assert.deepEqual(secretLike.filter((name) => !SECRETS.includes(name)), []);
});

Deno.test("the chart's schema knows each value, and no other", async () => {
  const values = parse(await read("values.yaml"));
  const { properties } = JSON.parse(await read("values.schema.json"));

  assert.deepEqual(new Set(Object.keys(properties)), new Set([...Object.keys(values), "global"]));
  for (const name of ["settings", "secretKeys"]) {
    const known = properties[name].propertyNames.enum;
    assert.deepEqual(new Set(known), new Set(Object.keys(values[name])), name);
  }
});

Deno.test("the chart passes every setting on, and the service accepts them", async () => {
  const settings = [...await listSettings(), "DENO_KV_ACCESS_TOKEN"];
  const environment = await renderEnvironment("everything");

  const given = environment.map(({ name }) => name).filter((name) => !name.startsWith("OTEL_"));
  assert.deepEqual(new Set(given), new Set(settings));
  const config = parseConfig(Object.fromEntries(environment.map(({ name, value }) => [
    name,
    value ?? (name === "EVENTS_SECRET" ? `whsec_${btoa("s".repeat(24))}` : "s".repeat(32)),
  ])));
  assert.equal(config.server.port, 8000);
  assert.equal(config.server.kvPath, "https://denokv.example.com");
  assert.equal(config.brand.name, 'Bank: "One" & 2');
  assert.equal(config.policy.revokeSessionsOnRejection, true);
  assert.equal(config.jumio.startsPerSecond, 0.5);
});

Deno.test("the chart passes on 0, false and long numbers as they are", async () => {
  // JSON, as in a file of values: helm reads its numbers as floating-point.
  const args = ["sweepEveryHours=0", "revokeSessionsOnRejection=false", "jumioWorkflowKey=10000000"]
    .flatMap((pair) => ["--set-json", `settings.${pair}`]);

  const chart = await renderChart("two-replicas", args);

  const [{ env }] = chart.get("Deployment").spec.template.spec.containers;
  const valueOf = (name: string) => env.find((entry: Manifest) => entry.name === name)?.value;
  assert.equal(valueOf("SWEEP_EVERY_HOURS"), "0");
  assert.equal(valueOf("REVOKE_SESSIONS_ON_REJECTION"), "false");
  assert.equal(valueOf("JUMIO_WORKFLOW_KEY"), "10000000");
  assert.equal(valueOf("LINK_LIFETIME_DAYS"), undefined);
});

for (const values of VALUES) {
  Deno.test(`the chart's secrets with the values of ${values} come from a Secret that it does not make`, async () => {
    const chart = await renderChart(values);
    const environment = await renderEnvironment(values);

    assert.equal(chart.get("Secret"), undefined);
    const secrets = environment.filter(({ name }) => SECRETS.includes(name));
    assert.equal(secrets.length, SECRETS.length);
    for (const { value, valueFrom } of secrets) {
      assert.equal(value, undefined);
      assert.match(valueFrom.secretKeyRef.name, /^(?:ory-jumio-bridge|identity-check)$/);
    }
  });
}

Deno.test("the chart's secrets are optional, except those that the service needs with its settings", async () => {
  const required = await Promise.all(VALUES.map(async (values) => {
    const environment = await renderEnvironment(values);
    return environment.filter(({ valueFrom }) => valueFrom?.secretKeyRef.optional === false)
      .map(({ name }) => name);
  }));

  assert.deepEqual(required, [
    ["DENO_KV_ACCESS_TOKEN", "JUMIO_CLIENT_SECRET", "ORY_WEBHOOK_SECRET"],
    ["JUMIO_CLIENT_SECRET", "ORY_WEBHOOK_SECRET"],
    ["DENO_KV_ACCESS_TOKEN", "EVENTS_SECRET", "JUMIO_CLIENT_SECRET", "ORY_WEBHOOK_SECRET"],
  ]);
});

for (
  const [args, message] of [
    [
      "settings.kvPath=",
      /settings\.kvPath must be .* because replicas is 2 .* cannot share a file/,
    ],
    ["settings.kvPath=denokv:4512", /settings\.kvPath must be the http:\/\/ or https:\/\/ address/],
    ["replicas=1,settings.kvPath=/tmp/kv", /settings\.kvPath must be .* a file in \.\/data/],
    ["replicas=1,settings.kvPath=", /persistence\.existingClaim is missing/],
    ["existingSecret=", /existingSecret is missing/],
    ["image.repository=", /image\.repository is missing/],
    ["settings.kratosAdminUrl=", /settings\.kratosAdminUrl is missing/],
    ["ingress.enabled=true", /settings\.publicUrl has a path/],
    ["ingress.enabled=true,settings.publicUrl=", /settings\.publicUrl is missing/],
    ["settings.jumioClientSecret=x", /jumioClientSecret/],
    ["settings.kvpath=x", /kvpath/],
    ["secretKeys.linksecret=x", /linksecret/],
    ["replicas=0", /replicas/],
  ] as const
) {
  Deno.test(`the chart refuses ${args}`, async () => {
    const { success, output } = await runHelm("template", {
      values: "two-replicas",
      args: ["--set", args],
    });

    assert(!success, output);
    assert.match(output, message);
  });
}

Deno.test("the chart without values names everything that is missing", async () => {
  const { success, output } = await runHelm("template", {});

  assert(!success);
  assert.equal(output.match(/^- \S+ (?:is missing|must be)/gm)?.length, 7, output);
});

Deno.test("the set of values with everything differs from the defaults in each value, but one", async () => {
  const [defaults, everything] = await Promise.all(
    ["values.yaml", "ci/everything-values.yaml"].map(async (path) => parse(await read(path))),
  );

  const same = Object.entries(defaults).flatMap(([name, value]) => {
    const isGroup = value && typeof value === "object" && !Array.isArray(value) &&
      Object.keys(value).length > 0;
    return (isGroup ? Object.keys(value).map((part) => [name, part]) : [[name]]);
  }).filter(([name = "", part]) => {
    const [before, after] = [defaults[name], everything[name]].map((value) =>
      JSON.stringify(part === undefined ? value : value?.[part])
    );
    return after === undefined || before === after;
  }).map((path) => path.join("."));

  // The image has a tag, which a digest would replace, and the NetworkPolicy is there.
  assert.deepEqual(same, ["image.digest", "networkPolicy.enabled"]);
});
