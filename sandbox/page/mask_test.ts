// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { maskAddress, maskMessage, maskValue } from "./mask.ts";

const SECRET = "s3cr3t-s3cr3t";

const JSON_TYPE = { "content-type": "application/json" };

const HEADERS: readonly [name: string, value: string, shown: string][] = [
  ["authorization", `Bearer ${SECRET}`, "Bearer •••"],
  ["authorization", `Basic ${SECRET}`, "Basic •••"],
  ["authorization", SECRET, "•••"],
  ["x-webhook-secret", SECRET, "•••"],
  ["x-jumio-signature", SECRET, "•••"],
  ["x-session-token", SECRET, "•••"],
  ["webhook-signature", `v1,${SECRET}`, "•••"],
  ["cookie", `ory_kratos_session=${SECRET}`, "•••"],
  ["set-cookie", `ory_kratos_session=${SECRET}; Path=/`, "•••"],
  ["location", `http://h/jumio/verify?token=${SECRET}&a=1`, "http://h/jumio/verify?token=•••&a=1"],
  ["ory-webhook-trigger-id", "4f", "4f"],
];

for (const [name, value, shown] of HEADERS) {
  Deno.test(`maskMessage() shows the header ${name} as ${shown}`, () => {
    const { headers } = maskMessage(new Headers({ [name]: value }), "");

    assert.deepEqual(headers, [[name, shown]]);
  });
}

const BODIES: readonly [name: string, body: string][] = [
  ["a session token", JSON.stringify({ "session_token": SECRET })],
  ["an access token", JSON.stringify({ "access_token": SECRET })],
  ["a password", JSON.stringify({ method: "password", password: SECRET })],
  [
    "the CSRF token of a form",
    JSON.stringify({ nodes: [{ attributes: { name: "csrf_token", value: SECRET } }] }),
  ],
  ["a logout token", JSON.stringify({ "logout_token": SECRET })],
  ["an SDK token", JSON.stringify({ sdk: { token: SECRET } })],
  ["a callback address", JSON.stringify({ callbackUrl: `https://h/jumio/callback/${SECRET}` })],
  [
    "a link to the person's page",
    JSON.stringify([{ value: { link: `https://h/jumio/verify?token=${SECRET}` } }]),
  ],
  ["a link to Jumio", JSON.stringify({ href: `https://j/web?authorizationToken=${SECRET}` })],
  [
    "an address in an address",
    JSON.stringify({
      href: `https://j/?next=${encodeURIComponent(`https://h/jumio/verify?token=${SECRET}`)}`,
    }),
  ],
  ["an address in a text", `see https://h/jumio/verify?token=${SECRET} for more`],
];

for (const [name, body] of BODIES) {
  Deno.test(`maskMessage() masks ${name} in a body`, () => {
    const masked = maskMessage(new Headers(JSON_TYPE), body);

    assert(masked.body.includes("•••") || masked.body.includes(encodeURIComponent("•••")));
    assert(!JSON.stringify(masked).includes(SECRET));
  });
}

Deno.test("maskMessage() masks the fields of a form by their names, and does not show HTML", () => {
  const form = new Headers({ "content-type": "application/x-www-form-urlencoded" });
  const page = new Headers({ "content-type": "text/html; charset=utf-8" });

  assert.equal(maskMessage(form, `method=code&code=${SECRET}`).body, "method=code&code=•••");
  assert.equal(maskMessage(form, `name=jo&secret=${SECRET}`).body, "name=jo&secret=•••");
  assert.equal(maskMessage(page, `<p>${SECRET}</p>`).body, "(a page)");
});

Deno.test("maskValue() does not change values that are not secret", () => {
  const value = { status: "pending", tokenLifetime: "1d", ids: ["a", 1, null], token: null };

  assert.deepEqual(maskValue(value), value);
});

Deno.test("maskAddress() masks the token in the path of a callback and in a query", () => {
  assert.equal(maskAddress(`/jumio/callback/${SECRET}`), "/jumio/callback/•••");
  assert.equal(
    maskAddress(`/self-service/x?flow=1&code=${SECRET}`),
    "/self-service/x?flow=1&code=•••",
  );
  assert.equal(maskAddress("/a?b&%zz=1"), "/a?b&%zz=1");
});
