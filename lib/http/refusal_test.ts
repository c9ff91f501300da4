// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { Problem, problem, refusalAnswer, refuse } from "./refusal.ts";

Deno.test("refuse() answers with a problem that no cache keeps", async () => {
  const response = refuse("not_recorded");

  assert.equal(response.status, 404);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.deepEqual(Problem.parse(await response.json()), {
    type: "about:blank",
    status: 404,
    title: "Not found",
    detail: "There is no record of this id",
  });
});

Deno.test("refuse() names the wrong field and the allowed methods", async () => {
  const shape = refuse("wrong_shape", { field: "account.id" });
  const method = refuse("method_not_allowed", { allow: "GET, HEAD" });

  assert.match((await shape.json()).detail, /: account\.id$/);
  assert.equal(method.headers.get("allow"), "GET, HEAD");
});

Deno.test("refuse() has the same answer for every failure to authenticate", async () => {
  const answers = [];
  for (
    const reason of [
      "hook_secret",
      "operator_secret",
      "callback_signature",
      "callback_token",
      "callback_unauthenticated",
      "callback_source",
      "callback_other_execution",
    ] as const
  ) {
    const response = refuse(reason);
    answers.push(JSON.stringify([response.status, [...response.headers], await response.text()]));
  }

  assert.equal(new Set(answers).size, 1);
});

Deno.test("refusalAnswer() has the status and title of the answer", async () => {
  const { status, title } = refusalAnswer("body_too_large");
  const body = await refuse("body_too_large").json();

  assert.deepEqual([status, title], [413, body.title]);
});

Deno.test("problem() keeps other headers", () => {
  const body = { status: 503, title: "Not available", detail: "Try again" };

  assert.equal(problem(body, { allow: "GET" }).headers.get("allow"), "GET");
});
