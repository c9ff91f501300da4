// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestContext } from "../tests/support/context.ts";
import { OPERATOR_SECRET } from "../tests/support/operator_api.ts";

/** The document as far as these tests look into it. */
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly webhooks: Readonly<Record<string, unknown>>;
  readonly components: {
    readonly securitySchemes: Readonly<Record<string, unknown>>;
    readonly schemas: Readonly<Record<string, unknown>>;
  };
}

interface DescribedOperation {
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Record<string, unknown> }>>;
  };
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, unknown>> }>
  >;
}

async function readDocument(env: Record<string, string> = {}): Promise<Document> {
  await using service = await createTestContext({ env });
  const response = await service.send("/openapi.json");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "application/json");
  return await response.json();
}

/** The path of an operation, with a value for each of its parameters. */
function fillIn(path: string): string {
  return path.replaceAll(/\{\w+\}/g, "x".repeat(43));
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

for (
  const [what, env] of [
    ["without OPERATOR_SECRET", {}],
    ["with OPERATOR_SECRET", { "OPERATOR_SECRET": OPERATOR_SECRET }],
  ] as const
) {
  Deno.test(`GET /openapi.json ${what} lists exactly the methods that this instance answers`, async () => {
    await using service = await createTestContext({ env });
    const { openapi, paths } = await readDocument(env);
    const everyPath = Object.keys(await readPaths());

    assert.equal(openapi, "3.1.0");
    for (const path of everyPath) {
      const answered = [];
      for (const method of METHODS) {
        const response = await service.send(fillIn(path), { method, redirect: "manual" });
        await response.body?.cancel();
        // A route may answer 404 for an unknown id, so only the unknown path is asked about itself.
        const isUnknown = response.status === 404 && paths[path] === undefined;
        if (response.status !== 405 && !isUnknown) answered.push(method);
      }
      const described = Object.keys(paths[path] ?? {}).map((method) => method.toUpperCase());
      assert.deepEqual(described, answered, path);
    }
  });
}

Deno.test("GET /openapi.json lists no operator path if OPERATOR_SECRET is not set", async () => {
  const { paths } = await readDocument();

  assert.deepEqual(Object.keys(paths).filter((path) => path.startsWith("/operator")), []);
});

Deno.test("GET /openapi.json lists the operator's paths if OPERATOR_SECRET is set", async () => {
  const paths = Object.keys(await readPaths());

  assert(paths.includes("/operator/"));
  assert(paths.includes("/operator/verifications/{id}/erase"));
});

async function readPaths(): Promise<Document["paths"]> {
  return (await readDocument({ "OPERATOR_SECRET": OPERATOR_SECRET })).paths;
}

Deno.test("GET /openapi.json takes bodies from the schemas that check them", async () => {
  const { paths } = await readDocument();

  const schema = paths["/jumio/validate"]?.["post"]?.requestBody?.content["application/json"]
    ?.schema;
  assert.deepEqual(schema?.["required"], ["identity_id"]);
  assert.deepEqual(Object.keys(Object(schema?.["properties"])), [
    "identity_id",
    "flow_id",
    "accept_language",
    "jumio",
  ]);
});

Deno.test("GET /openapi.json has a refusal in both forms where Kratos shows one of them", async () => {
  const { paths } = await readDocument();

  const responses = paths["/jumio/validate"]?.["post"]?.responses ?? {};
  assert.deepEqual(Object.keys(responses), [
    "200",
    "400",
    "401",
    "403",
    "408",
    "413",
    "415",
    "500",
  ]);
  assert.deepEqual(Object.keys(responses["403"]?.content ?? {}), ["application/json"]);
  assert.deepEqual(Object.keys(responses["400"]?.content ?? {}), [
    "application/json",
    "application/problem+json",
  ]);
});

Deno.test("GET /openapi.json names only security schemes that it has", async () => {
  const { paths, components } = await readDocument();

  for (const operations of Object.values(paths)) {
    for (const { security } of Object.values(operations)) {
      for (const name of security.flatMap(Object.keys)) {
        assert(Object.hasOwn(components.securitySchemes, name), name);
      }
    }
  }
});

Deno.test("GET /openapi.json has the schemas of what applications get, and refers to no other", async () => {
  const { webhooks, components } = await readDocument();

  const references = JSON.stringify(webhooks).match(/#\/components\/schemas\/\w+/g) ?? [];
  assert.deepEqual(Object.keys(webhooks), ["verification.changed", "verification.ending"]);
  assert.deepEqual(Object.keys(components.schemas), ["JumioMetadata", "VerificationEvent"]);
  assert.deepEqual(new Set(references), new Set(["#/components/schemas/VerificationEvent"]));
});
