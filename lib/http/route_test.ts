// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import * as z from "zod";
import { createTestLog } from "../../tests/support/memory_store.ts";
import type { Authentication } from "./authentication.ts";
import {
  defineRoute,
  PUBLIC,
  refused,
  type Route,
  type RouteAnswer,
  type RouteServices,
} from "./route.ts";

const URL_OF_ROUTE = "http://service.example.com/things/7";
const ID = { description: "An id", schema: z.string(), pattern: "\\d+" };
const JSON_TYPE = { "content-type": "application/json" };

const SECRET: Authentication<RouteServices, string> = {
  security: ["operatorBearer"],
  refusals: ["operator_secret"],
  check({ headers }) {
    const caller = headers.get("x-caller");
    return caller === null ? { ok: false, reason: "operator_secret" } : { ok: true, value: caller };
  },
};

/** Runs a route, and returns what telemetry and the log would get. */
async function run(
  route: Route<RouteServices>,
  init: RequestInit = {},
  url = URL_OF_ROUTE,
): Promise<RouteAnswer & { lines: Record<string, unknown>[]; status: number; body: string }> {
  const { log, lines } = createTestLog();
  const services = { log, setDeadline: () => () => {} };
  const match = { params: { id: "7" }, info: { remoteAddr: {} } };
  const answer = await route.run(new Request(url, init), services, match);
  return {
    ...answer,
    lines: lines.map((line) => JSON.parse(line)),
    status: answer.response.status,
    body: await answer.response.text(),
  };
}

const command = defineRoute({
  method: "POST",
  path: "/things/{id}",
  summary: "Changes a thing",
  authentication: { ...SECRET, describeCaller: (by) => ({ by }) },
  parameters: { id: ID },
  query: z.object({ size: z.optional(z.coerce.number().int()) }),
  body: z.object({ name: z.string() }),
  answers: [],
  refusals: ["wrong_state"],
  handle: ({ caller, params, query, body }) =>
    body.name === "locked" ? refused("wrong_state") : {
      response: Response.json({ caller, id: params.id, size: query.size, name: body.name }),
      outcome: "changed",
    },
});

Deno.test("defineRoute() hands the checked parts of a request to the handler", async () => {
  const result = await run(command, {
    method: "POST",
    headers: { ...JSON_TYPE, "x-caller": "grace" },
    body: '{"name":"a","other":1}',
  }, `${URL_OF_ROUTE}?size=3`);

  assert.equal(result.status, 200);
  assert.deepEqual(JSON.parse(result.body), { caller: "grace", id: "7", size: 3, name: "a" });
  assert.equal(result.outcome, "changed");
  assert.equal(result.reason, undefined);
});

Deno.test("defineRoute() logs who sent a request, if its authentication says so", async () => {
  const { lines } = await run(command, {
    method: "POST",
    headers: { ...JSON_TYPE, "x-caller": "grace" },
    body: '{"name":"locked"}',
  });

  const handled = lines.find(({ message }) => message === "Handled a request");
  assert.deepEqual([handled?.["pathname"], handled?.["status"], handled?.["by"]], [
    "/things/7",
    409,
    "grace",
  ]);
});

const REFUSALS: readonly [reason: string, status: number, init: RequestInit, query?: string][] = [
  ["operator_secret", 401, { body: "{" }, "?size=x"],
  ["wrong_query", 400, { headers: { "x-caller": "a" }, body: "{" }, "?size=x"],
  ["content_type", 415, { headers: { "x-caller": "a" }, body: "{" }],
  ["content_encoding", 415, {
    headers: { ...JSON_TYPE, "x-caller": "a", "content-encoding": "gzip" },
    body: "{",
  }],
  ["not_json", 400, { headers: { ...JSON_TYPE, "x-caller": "a" }, body: "{" }],
  ["wrong_shape", 400, { headers: { ...JSON_TYPE, "x-caller": "a" }, body: "{}" }],
  ["wrong_state", 409, { headers: { ...JSON_TYPE, "x-caller": "a" }, body: '{"name":"locked"}' }],
];

for (const [reason, status, init, query = ""] of REFUSALS) {
  Deno.test(`defineRoute() refuses with ${reason}, in the order of the checks`, async () => {
    const result = await run(command, { method: "POST", ...init }, `${URL_OF_ROUTE}${query}`);

    assert.equal(result.status, status);
    assert.deepEqual([result.outcome, result.reason], ["refused", reason]);
    assert.equal(JSON.parse(result.body).status, status);
    const line = result.lines.find(({ message }) => message === "Refused a request");
    assert.deepEqual([line?.["route"], line?.["reason"]], ["/things/{id}", reason]);
  });
}

Deno.test("defineRoute() names the field that is wrong", async () => {
  const headers = { ...JSON_TYPE, "x-caller": "a" };

  const shape = await run(command, { method: "POST", headers, body: "{}" });
  const query = await run(command, { method: "POST", headers }, `${URL_OF_ROUTE}?size=x`);

  assert.match(JSON.parse(shape.body).detail, /: name$/);
  assert.match(JSON.parse(query.body).detail, /: size$/);
});

Deno.test("defineRoute() reads the body first if the authentication covers it", async () => {
  const seen: (number | undefined)[] = [];
  const signed = defineRoute({
    method: "POST",
    path: "/signed",
    summary: "A signed request",
    authentication: {
      security: ["callbackSignature"],
      refusals: ["callback_signature"],
      coversBody: true,
      check(_request: Request, _services: RouteServices, { body }) {
        seen.push(body?.length);
        return { ok: false, reason: "callback_signature" } as const;
      },
    },
    body: z.object({}),
    answers: [],
    handle: () => ({ response: new Response() }),
  });

  const wrong = await run(signed, { method: "POST", headers: JSON_TYPE, body: "{ }" });
  const broken = await run(signed, { method: "POST", body: "{ }" });

  assert.deepEqual([wrong.reason, broken.reason], ["callback_signature", "content_type"]);
  assert.deepEqual(seen, [3]);
});

const form = defineRoute({
  method: "POST",
  path: "/form",
  summary: "A form",
  authentication: PUBLIC,
  form: z.object({ name: z.string() }),
  formOrigin: () => "https://service.example.com",
  answers: [],
  answerRefusal: ({ refusal }) =>
    refusal === "form_fields" ? new Response("A page", { status: 422 }) : undefined,
  handle: ({ body }) => ({ response: new Response(body.name) }),
});

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const OWN = { ...FORM, "sec-fetch-site": "same-origin", origin: "https://service.example.com" };

Deno.test("defineRoute() reads a form of our own page", async () => {
  const { status, body } = await run(form, { method: "POST", headers: OWN, body: "name=Ada+L." });

  assert.deepEqual([status, body], [200, "Ada L."]);
});

Deno.test("defineRoute() refuses a form from anywhere else before it reads it", async () => {
  const headers = { ...OWN, origin: "https://evil.example.com" };
  const request = new Request(URL_OF_ROUTE, { method: "POST", headers, body: "name=a" });
  const { log } = createTestLog();
  const match = { params: {}, info: { remoteAddr: {} } };

  const { response, reason } = await form.run(request, { log, setDeadline: () => () => {} }, match);

  assert.deepEqual([response.status, reason], [403, "cross_site"]);
  assert.equal(request.bodyUsed, false);
});

Deno.test("defineRoute() lets a page answer a refusal in its own form", async () => {
  const result = await run(form, { method: "POST", headers: OWN, body: "other=1" });

  assert.deepEqual([result.status, result.body], [422, "A page"]);
  assert.deepEqual([result.outcome, result.reason], ["refused", "form_fields"]);
});

Deno.test("defineRoute() derives the refusals that the declaration implies", () => {
  assert.deepEqual(command.refusals, [
    "not_found",
    "operator_secret",
    "wrong_query",
    "content_type",
    "content_encoding",
    "body_too_large",
    "body_stalled",
    "body_broken",
    "body_empty",
    "not_json",
    "wrong_shape",
    "wrong_state",
  ]);
  assert(form.refusals.includes("cross_site"));
  assert(!form.refusals.includes("not_json"));
});
