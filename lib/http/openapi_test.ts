// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import * as z from "zod";
import { answerWithPage, type Operation, toOpenapi } from "./openapi.ts";

const OPERATION: Operation = {
  summary: "A summary",
  security: [],
  headers: [],
  parameters: {},
  query: undefined,
  body: undefined,
  form: undefined,
  answers: [{ status: 200, description: "Done", schema: z.object({ id: z.string() }) }],
  refusals: [],
};

/** The parts of an operation that these tests look into. */
interface Described {
  readonly security: unknown;
  readonly parameters?: readonly { name: string; in: string; required: boolean }[];
  readonly requestBody?: { content: Record<string, { schema: Record<string, unknown> }> };
  readonly responses: Record<string, { description: string; content: Record<string, unknown> }>;
}

function describe(operation: Partial<Operation>): Described {
  return JSON.parse(JSON.stringify(toOpenapi({ ...OPERATION, ...operation })));
}

Deno.test("toOpenapi() lists each security scheme as an alternative", () => {
  const { security } = describe({ security: ["hookSecret", "hookBearer"] });

  assert.deepEqual(security, [{ hookSecret: [] }, { hookBearer: [] }]);
});

Deno.test("toOpenapi() lists the parameters of path, query and headers", () => {
  const { parameters } = describe({
    parameters: { id: { description: "An id", schema: z.string(), pattern: ".+" } },
    query: z.object({
      limit: z.coerce.number().default(50).describe("At most this many"),
      from: z.string(),
    }),
    headers: [{ name: "X-Operator", description: "A name", schema: z.string() }],
  });

  assert.deepEqual(parameters?.map(({ name, in: place, required }) => [name, place, required]), [
    ["id", "path", true],
    ["limit", "query", false],
    ["from", "query", true],
    ["X-Operator", "header", true],
  ]);
});

Deno.test("toOpenapi() says which form a body has", () => {
  const json = describe({ body: z.object({ a: z.string() }) });
  const form = describe({ form: z.object({ a: z.string() }) });

  assert.deepEqual(Object.keys(json.requestBody?.content ?? {}), ["application/json"]);
  const [type] = Object.keys(form.requestBody?.content ?? {});
  assert.equal(type, "application/x-www-form-urlencoded");
  const schema = json.requestBody?.content["application/json"]?.schema;
  assert.deepEqual([schema?.["required"], schema?.["$schema"]], [["a"], undefined]);
});

Deno.test("toOpenapi() lists answers, refusals and a bug by their status and content type", () => {
  const { responses } = describe({
    answers: [
      ...OPERATION.answers,
      { status: 303, description: "Back" },
      answerWithPage(403, "A page"),
    ],
    refusals: ["cross_site", "not_json", "wrong_shape"],
  });

  const types = Object.entries(responses).map(([status, { content }]) => [
    status,
    Object.keys(content),
  ]);
  assert.deepEqual(types, [
    ["200", ["application/json"]],
    ["303", []],
    ["400", ["application/problem+json"]],
    ["403", ["text/html; charset=utf-8", "application/problem+json"]],
    ["500", ["application/problem+json"]],
  ]);
});

Deno.test("toOpenapi() leaves out the request's body if there is none", () => {
  assert.equal(describe({}).requestBody, undefined);
});
