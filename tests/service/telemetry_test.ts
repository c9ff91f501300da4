// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parse } from "yaml";
import { metadataOf, startFleet } from "../../sandbox/processes/fleet.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import {
  type OtlpCollector,
  type OtlpSpan,
  readAttributes,
  startOtlpCollector,
} from "../support/otlp_collector.ts";

const ROOT = new URL("../../", import.meta.url);

const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));

/** The names in a text that match the first group of a pattern. */
function namesIn(text: string, pattern: RegExp): Set<string> {
  return new Set([...text.matchAll(pattern)].map(([, name = ""]) => name));
}

/** What a collector has received, and the tokens that it should not have. */
interface Observation extends AsyncDisposable {
  readonly collector: OtlpCollector;
  readonly callbackToken: string;
  readonly linkToken: string;
}

/** The spans of a verification. They arrive in several parts. */
const SPANS = [
  ...["POST /jumio/initiate", "POST /jumio/callback/{token}", "GET /jumio/verify"],
  ...["job start", "job check", "job publish"],
];

/** Runs a verification from its hook to a rejection while a collector records it. */
async function observeRejection(): Promise<Observation> {
  const collector = startOtlpCollector();
  const fleet = await startFleet({ instances: 1, kvPath: ":memory:", env: collector.env });
  const { identityId = "" } = await fleet.kratos.register({ email: "ada@example.com" });
  await waitUntil("the execution is started", () => fleet.jumio.executions.length === 1);
  const [execution] = fleet.jumio.executions;
  assert(execution);
  await fleet.jumio.finish(execution.id, "rejected");
  await waitUntil(
    "the identity is rejected",
    () => metadataOf(fleet, identityId)["status"] === "rejected",
  );
  const link = String(metadataOf(fleet, identityId)["verification_url"]);
  await (await fetch(link)).body?.cancel();
  await waitUntil("the collector has everything", () => {
    const names = collector.spans.map(({ name }) => name);
    return SPANS.every((name) => names.includes(name)) &&
      collector.metrics.has("jumio_bridge.verdicts") &&
      collector.logs.some((line) => line.includes("Settled an execution"));
  });
  const callbackToken = execution.callbackUrl?.split("/").at(-1) ?? "";
  const linkToken = new URL(link).searchParams.get("token") ?? "";
  return {
    collector,
    callbackToken,
    linkToken,
    async [Symbol.asyncDispose]() {
      await fleet[Symbol.asyncDispose]();
      await collector[Symbol.asyncDispose]();
    },
  };
}

Deno.test("a collector gets spans of hook, callback and jobs, each linked to the span that requested it", async () => {
  await using observed = await observeRejection();

  const { spans } = observed.collector;
  const find = (name: string) => spans.find((span) => span.name === name) as OtlpSpan;
  const hook = find("POST /jumio/initiate");
  const start = find("job start");
  const callback = find("POST /jumio/callback/{token}");
  const read = find("job check");
  const linked = (span: OtlpSpan) => span.links.map(({ spanId }) => spanId);
  assert.deepEqual(linked(start), [hook.spanId]);
  assert(linked(callback).includes(start.spanId));
  assert(linked(read).includes(callback.spanId));
  assert.equal(read.parentSpanId, "");
  assert.equal(readAttributes(callback.attributes)["http.route"], "/jumio/callback/{token}");
  assert.equal(readAttributes(callback.attributes)["jumio_bridge.outcome"], "accepted");
  // The calls that a job makes are its children.
  assert(spans.some(({ parentSpanId, kind }) => parentSpanId === read.spanId && kind === 3));
});

Deno.test("a token appears only in url.* of a request's span, where Deno puts it", async () => {
  await using observed = await observeRejection();

  const { spans, logs, metrics } = observed.collector;
  const leaks = new Set<string>();
  for (const token of [observed.callbackToken, observed.linkToken]) {
    assert(token.length > 40);
    assert(!JSON.stringify([logs, [...metrics]]).includes(token));
    for (const { kind, name, attributes, links } of spans) {
      assert(!JSON.stringify([name, links]).includes(token));
      for (const { key, value } of attributes) {
        if (JSON.stringify(value).includes(token)) leaks.add(`${kind} ${key}`);
      }
    }
  }
  // If this list gets shorter, Deno can now replace these attributes: see docs/observability.md.
  assert.deepEqual([...leaks].sort(), ["2 url.full", "2 url.path", "2 url.query"]);
});

Deno.test("docs/observability.md lists the names of the code and no others", async () => {
  const page = await read("docs/observability.md");
  const sources = await Promise.all(
    ["open_telemetry", "_instruments", "_watch_job"].map((name) =>
      read(`lib/telemetry/${name}.ts`)
    ),
  );

  const inCode = namesIn(sources.join("\n"), /["`](jumio_bridge\.[a-z_.]+)["`]/g);
  const inPage = namesIn(page, /`(jumio_bridge\.[a-z_.]+)`/g);

  assert(inCode.size > 15);
  assert.deepEqual([...inPage].sort(), [...inCode].sort());
});

Deno.test("a collector gets no name that docs/observability.md does not list", async () => {
  await using observed = await observeRejection();
  const page = await read("docs/observability.md");

  const names = [...observed.collector.metrics.keys()].filter((name) => !name.startsWith("v8js."));
  // Deno's own span of a cron job comes only if a minute begins during this test.
  const spans = observed.collector.spans.filter(({ kind }) => kind !== 3)
    .map(({ name }) => name).filter((name) => name !== "deno.cron");

  const unlisted = [...new Set([...names, ...spans])].filter((name) =>
    !page.includes(`\`${name}\``)
  );
  assert.deepEqual(unlisted, []);
  assert(names.length > 5);
});

Deno.test("deploy/alerts.yaml has the alerts of docs/operations.md and uses metrics that exist", async () => {
  const page = await read("docs/observability.md");
  const [, alerts = ""] = (await read("docs/operations.md")).split("\n### ");
  const { groups } = parse(await read("deploy/alerts.yaml"));
  const rules: { alert: string; expr: string }[] = groups[0].rules;
  const metrics = namesIn(page, /^\| `([a-z_.]+)`/gm);
  const listed = namesIn(alerts, /^\| ([A-Z][A-Za-z]+) /gm);

  const known = [...metrics, "http.server.request.duration"].map((name) =>
    name.replaceAll(".", "_")
  );
  for (const { alert, expr } of rules) {
    for (const [name] of expr.matchAll(/\b(?:jumio_bridge|http_server)_[a-z_]+/g)) {
      const metric = name.replace(/(?:_seconds)?(?:_total|_count|_bucket)?$/, "");
      assert(known.includes(metric), `${alert} uses ${name}`);
    }
  }
  assert.deepEqual(new Set(rules.map(({ alert }) => alert)), listed);
});

Deno.test("the collector's rule in docs/observability.md is the one of deploy/otel-collector.yaml", async () => {
  const page = await read("docs/observability.md");
  const [, example = ""] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];

  const { processors } = parse(example);

  assert.deepEqual(processors, parse(await read("deploy/otel-collector.yaml")).processors);
});

Deno.test("OTEL_DENO_TRACING=false sends metrics but no spans", async () => {
  await using collector = startOtlpCollector();
  await using fleet = await startFleet({
    instances: 1,
    kvPath: ":memory:",
    env: { ...collector.env, "OTEL_DENO_TRACING": "false" },
  });

  await fleet.kratos.register({ email: "ada@example.com" });
  await waitUntil("a metric arrives", () => collector.metrics.has("jumio_bridge.job.duration"));

  assert.deepEqual(collector.spans, []);
});
