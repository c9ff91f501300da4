import assert from "node:assert/strict";
import { createTestContext } from "../tests/support/context.ts";
import { ROUTES } from "./table.ts";

/** The document as far as these tests look into it. */
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: { readonly securitySchemes: Readonly<Record<string, unknown>> };
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

async function readDocument(): Promise<Document> {
  await using service = await createTestContext();
  const response = await service.send("/openapi.json");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "application/json");
  return await response.json();
}

Deno.test("GET /openapi.json describes every method of every route, and nothing else", async () => {
  const { openapi, paths } = await readDocument();

  const described = Object.entries(paths).map(([path, operations]) => [
    path,
    Object.keys(operations).map((method) => method.toUpperCase()),
  ]);
  assert.equal(openapi, "3.1.0");
  assert.deepEqual(described, [...ROUTES].map(([path, { methods }]) => [path, methods]));
});

Deno.test("GET /openapi.json has no method of a route that the route does not take", () => {
  for (const [path, { methods, describe }] of ROUTES) {
    const described = Object.keys(describe());

    assert.deepEqual(described.filter((method) => !methods.includes(method)), [], path);
  }
});

Deno.test("GET /openapi.json takes bodies from the schemas that check them", async () => {
  const { paths } = await readDocument();

  const schema = paths["/jumio/validate"]?.["post"]?.requestBody?.content["application/json"]
    ?.schema;
  assert.deepEqual(schema?.["required"], ["identity_id"]);
  assert.deepEqual(Object.keys(Object(schema?.["properties"])), [
    "identity_id",
    "flow_id",
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
