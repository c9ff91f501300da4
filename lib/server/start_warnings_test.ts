// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parseConfig } from "../config/config.ts";
import { listStartWarnings } from "./start_warnings.ts";

const ENV = {
  "ORY_WEBHOOK_SECRET": "hook-secret-hook-secret-hook-secret",
  "KRATOS_ADMIN_URL": "http://kratos:4434",
  "JUMIO_AUTH_URL": "https://auth.emea-1.jumio.ai",
  "JUMIO_API_BASE_URL": "https://api.emea-1.jumio.ai",
  "JUMIO_CLIENT_ID": "client",
  "JUMIO_CLIENT_SECRET": "client-secret",
  "PUBLIC_URL": "https://kyc.example.com",
};

function warningsOf(env: Record<string, string>, deno = "2.9.6"): readonly string[] {
  return listStartWarnings(parseConfig({ ...ENV, ...env }), { deno });
}

Deno.test("listStartWarnings() has none for a good environment", () => {
  assert.deepEqual(warningsOf({}), []);
});

for (const deno of ["2.9.5", "2.9.0", "2.8.3", "1.46.3", "2.9.5+abc1234"]) {
  Deno.test(`listStartWarnings() warns about Deno ${deno}`, () => {
    assert.match(warningsOf({}, deno).join(), /deno#36657.*install 2\.9\.6 or newer/);
  });
}

for (const deno of ["2.9.6", "2.9.10", "2.10.0", "3.0.0", "2.9.7-rc.1"]) {
  Deno.test(`listStartWarnings() accepts Deno ${deno}`, () => {
    assert.deepEqual(warningsOf({}, deno), []);
  });
}

Deno.test("listStartWarnings() does not warn about the version of Deno Deploy", () => {
  assert.deepEqual(warningsOf({ "DENO_DEPLOY": "1" }, "2.9.0"), []);
});

for (
  const [name, value, warns] of [
    ["ORY_WEBHOOK_SECRET", "a".repeat(15), true],
    ["ORY_WEBHOOK_SECRET", "a".repeat(16), false],
    ["JUMIO_CALLBACK_SECRET", "a".repeat(15), true],
    ["JUMIO_CALLBACK_SECRET", "a".repeat(16), false],
    ["JUMIO_CALLBACK_SECRET", "", false],
  ] as const
) {
  Deno.test(`listStartWarnings() ${warns ? "warns about" : "accepts"} ${name} of ${value.length} characters`, () => {
    const warnings = warningsOf({ "LINK_SECRET": "l".repeat(32), [name]: value });

    assert.equal(warnings.some((text) => text.startsWith(`${name} has under 16 char`)), warns);
    assert(!warns || !warnings.join().includes(value));
  });
}
