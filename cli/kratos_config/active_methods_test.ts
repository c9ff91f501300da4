// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { isActiveFlow, isActiveMethod } from "./active_methods.ts";

for (
  const [flow, method, settings, expected] of [
    ["login", "password", undefined, true],
    ["login", "password", { enabled: false }, false],
    ["login", "oidc", undefined, false],
    ["login", "oidc", { enabled: true }, true],
    ["login", "code", undefined, false],
    ["login", "code", { enabled: true }, false],
    ["login", "code", { passwordless_enabled: true }, true],
    ["login", "code", { enabled: false, passwordless_enabled: true }, false],
    ["login", "code", { mfa_enabled: true }, true],
    ["registration", "code", { mfa_enabled: true }, false],
    ["registration", "code", { passwordless_enabled: true }, true],
  ] as const
) {
  Deno.test(`isActiveMethod() is ${expected} for ${method} at ${flow} with ${JSON.stringify(settings)}`, () => {
    const config = { selfservice: { methods: { [method]: settings } } };

    assert.equal(isActiveMethod(config, { flow, method }), expected);
  });
}

for (
  const [flow, settings, expected] of [
    ["registration", undefined, true],
    ["registration", { enabled: false }, false],
    ["login", undefined, true],
    ["recovery", undefined, false],
    ["recovery", { enabled: true }, true],
  ] as const
) {
  Deno.test(`isActiveFlow() is ${expected} for ${flow} with ${JSON.stringify(settings)}`, () => {
    assert.equal(isActiveFlow({ selfservice: { flows: { [flow]: settings } } }, flow), expected);
  });
}
