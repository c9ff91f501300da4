// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { levelOf } from "../../cli/doctor/findings.ts";
import { HOOK_SECRET } from "../support/context.ts";
import {
  createGoodConfig,
  diagnose,
  hooksOf,
  type KratosConfig,
  login,
  SERVICE,
  set,
  setKey,
} from "../support/doctor.ts";
import { CONFIG_CASES } from "../support/doctor_config_cases.ts";
import { operate } from "../support/operator.ts";

Deno.test("operator doctor finds nothing in the output of operator render", async () => {
  const { exitCode, findings, unchecked } = await diagnose(await createGoodConfig());

  assert.deepEqual([exitCode, findings], [0, []]);
  assert.deepEqual(unchecked, ["The running setup: --offline was given"]);
});

for (const [id, name, where, spoil, env] of CONFIG_CASES) {
  Deno.test(`operator doctor finds ${name}`, async () => {
    const config = await createGoodConfig();
    spoil(config);

    const { exitCode, findings } = await diagnose(config, env);

    assert.equal(exitCode, levelOf(id) === "warning" ? 0 : 3);
    assert.deepEqual(findings.map(({ id, where }) => [id, where]), [[id, where]]);
  });
}

Deno.test("operator doctor finds a template that asks about other statuses than the blocked ones", async () => {
  const config = await createGoodConfig(["--ask-only=rejected"]);

  const same = await diagnose(config);
  const other = await diagnose(config, { "LOGIN_BLOCKED_STATUSES": "rejected,review" });

  assert.deepEqual(same.findings, []);
  const ids = new Set(other.findings.map(({ id }) => id));
  assert.deepEqual(ids, new Set(["template_other_statuses"]));
  // Every sign-in method, the sign-in flow itself, and recovery.
  assert.equal(other.findings.length, 9);
});

for (const flag of ["--ask-all", "--methods=password,oidc,code,totp"]) {
  Deno.test(`operator doctor finds nothing in the output of operator render ${flag}`, async () => {
    const { findings } = await diagnose(await createGoodConfig([flag]), {
      "LOGIN_BLOCKED_STATUSES": "rejected,review",
    });

    assert.deepEqual(findings, []);
  });
}

for (
  const [name, accept] of [
    ["a private address that is an exception of the filter", (config: KratosConfig) => {
      const glob = "http://10.0.0.*/jumio/*";
      const http = { "disallow_private_ip_ranges": true, "private_ip_exception_urls": [glob] };
      config.clients = { http };
      set(login(config), { url: "http://10.0.0.9/jumio/validate" });
    }],
    ["http within a private network", (config: KratosConfig) => {
      set(login(config), { url: "http://bridge:3000/jumio/validate" });
    }],
    ["response.parse instead of can_interrupt", (config: KratosConfig) => {
      set(login(config), { "can_interrupt": undefined, response: { parse: true } });
    }],
    ["the secret as a Bearer token", (config: KratosConfig) => {
      setKey(login(config), { name: "Authorization", value: `Bearer ${HOOK_SECRET}` });
    }],
    ["a disabled method without the hook", (config: KratosConfig) => {
      hooksOf(config, "login", "webauthn").length = 0;
    }],
    ["codes that are used only for recovery", (config: KratosConfig) => {
      config.selfservice.methods["code"] = { enabled: true };
      hooksOf(config, "login", "code").length = 0;
    }],
    ["a disabled recovery without the hook", (config: KratosConfig) => {
      config.selfservice.flows["recovery"] = { enabled: false, after: {} };
    }],
    ["one more slash before the path of a hook", (config: KratosConfig) => {
      set(login(config), { url: `${SERVICE}//jumio/validate` });
    }],
    ["a slash after the path of a hook", (config: KratosConfig) => {
      set(login(config), { url: `${SERVICE}/jumio/validate/` });
    }],
    ["the secret in a header of the hook", (config: KratosConfig) => {
      set(login(config), { auth: undefined, headers: { "X-Webhook-Secret": HOOK_SECRET } });
    }],
    ["a Content-Type that Kratos sends anyway", (config: KratosConfig) => {
      set(login(config), { headers: { "Content-Type": "application/json" } });
    }],
    ["a foreign hook on the same host", (config: KratosConfig) => {
      login(config).push({ hook: "web_hook", config: { url: `${SERVICE}/crm`, method: "GET" } });
    }],
  ] as const
) {
  Deno.test(`operator doctor finds nothing in ${name}`, async () => {
    const config = await createGoodConfig();
    accept(config);

    assert.deepEqual((await diagnose(config)).findings, []);
  });
}

for (
  const [name, addresses, ids] of [
    ["of which one is private", ["203.0.113.9", "fd00::9"], ["private_address_blocked"]],
    ["that are public", ["203.0.113.9"], []],
  ] as const
) {
  Deno.test(`operator doctor resolves the name of a filtered address, with addresses ${name}`, async () => {
    const config = await createGoodConfig();
    config.clients = { http: { "disallow_private_ip_ranges": true } };
    const asked: string[] = [];

    const { stdout } = await operate(["doctor", "--json", "-"], {
      stdin: JSON.stringify(config),
      env: { "ORY_WEBHOOK_SECRET": HOOK_SECRET },
      resolve(hostname) {
        asked.push(hostname);
        return Promise.resolve(addresses);
      },
    });

    const { findings }: { findings: { id: string }[] } = JSON.parse(stdout);
    const found = new Set(findings.map(({ id }) => id));
    found.delete("settings_unusable");
    assert.deepEqual([asked, found], [["kyc.example.com"], new Set(ids)]);
  });
}
