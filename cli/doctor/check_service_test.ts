// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createSecret } from "../../lib/crypto/secret.ts";
import { answer, createProbeScript } from "../../tests/support/probe_script.ts";
import { checkHookSecrets, checkPublicUrl, checkService } from "./check_service.ts";

for (
  const [name, answers, ids] of [
    ["a service that is ready", { "GET ": answer(200, { status: "ready" }) }, []],
    ["a service without KV", { "GET ": answer(503) }, ["kv_down"]],
    ["no connection", {}, ["service_unreachable"]],
    ["another service", { "GET ": answer(200, {}) }, ["service_unreachable"]],
  ] as const
) {
  Deno.test(`checkService() finds [${ids}] for ${name}`, async () => {
    const script = createProbeScript({ ...answers });

    await checkService(new URL("http://bridge:3000/base/"), script);

    assert.deepEqual(script.ids(), ids);
    assert.deepEqual(script.requests, ["GET http://bridge:3000/base/ready"]);
  });
}

for (
  const [reason, seen] of [["kv_disk_full", "kv_disk_full"], ["<b>", undefined]] as const
) {
  Deno.test(`checkService() passes on ${seen} where the service says ${reason}`, async () => {
    const script = createProbeScript({ "GET ": answer(503, { reason }) });

    await checkService(new URL("http://bridge:3000/base/"), script);

    assert.deepEqual(script.report.findings.map((finding) => finding.seen), [seen]);
  });
}

/** The body of the service's own 401. */
const REFUSED = { title: "Not authenticated", status: 401 };

const bodyOf = (status: number) => status === 401 ? REFUSED : {};

const URL_OF_SERVICE = new URL("http://bridge:3000/base/");
const [NEW, OLD] = [createSecret("new-secret-0123456789"), createSecret("old-secret-0123456789")];

for (
  const [name, status, seen] of [
    ["accepts", 200, []],
    ["refuses", 401, ["bridge:3000 refuses it"]],
  ] as const
) {
  Deno.test(`checkHookSecrets() finds [${seen}] for a service that ${name} the secret`, async () => {
    const script = createProbeScript({ "POST ": answer(status, bodyOf(status)) });

    await checkHookSecrets(URL_OF_SERVICE, { hookSecrets: [NEW], ...script });

    assert.deepEqual(
      script.report.findings,
      seen.map((seen) => ({ id: "hook_secret_refused", where: "ORY_WEBHOOK_SECRET", seen })),
    );
    assert.deepEqual(script.requests, ["POST http://bridge:3000/base/jumio/validate"]);
  });
}

Deno.test("checkHookSecrets() tries each value with the status verified, and names the refused one", async () => {
  const { report } = createProbeScript({});
  const bodies: { identity_id: string; jumio: unknown }[] = [];

  await checkHookSecrets(URL_OF_SERVICE, {
    hookSecrets: [NEW, OLD],
    report,
    probe(_url, init) {
      bodies.push(JSON.parse(String(init?.body)));
      const sent = new Headers(init?.headers).get("x-webhook-secret");
      return Promise.resolve(sent === NEW.reveal() ? answer(200, {}) : answer(401, REFUSED));
    },
  });

  assert.deepEqual(report.findings.map(({ seen }) => seen), ["bridge:3000 refuses value 2 of 2"]);
  assert.deepEqual(bodies.map(({ jumio }) => jumio), [
    { status: "verified" },
    { status: "verified" },
  ]);
  assert.notEqual(bodies[0]?.identity_id, bodies[1]?.identity_id);
});

Deno.test("checkHookSecrets() says that it cannot check an address with another answer", async () => {
  const script = createProbeScript({ "POST ": answer(404) });

  await checkHookSecrets(URL_OF_SERVICE, { hookSecrets: [NEW], ...script });

  assert.deepEqual(script.ids(), []);
  assert.deepEqual(script.report.unchecked, [
    "Whether the service accepts ORY_WEBHOOK_SECRET: " +
    "POST http://bridge:3000/base/jumio/validate: It answered 404",
  ]);
});

for (
  const [address, status, ids] of [
    ["https://bridge.example.com", 401, []],
    ["https://bridge.example.com/base/", 401, []],
    ["https://bridge.example.com", 403, ["callback_unreachable"]],
    ["https://bridge.example.com", 200, ["callback_unreachable"]],
    ["http://bridge.example.com", 401, ["public_url_unfit"]],
    ["https://bridge.example.com:8443", 401, ["public_url_unfit"]],
    ["https://203.0.113.7", 401, ["public_url_unfit"]],
    ["https://localhost", 401, ["public_url_unfit"]],
  ] as const
) {
  Deno.test(`checkPublicUrl() finds [${ids}] for ${address} with answer ${status}`, async () => {
    const script = createProbeScript({ "/jumio/callback/": answer(status, bodyOf(status)) });

    await checkPublicUrl(new URL(address), script);

    assert.deepEqual(script.ids(), ids);
    assert.match(script.requests.join(), /^POST .*\/jumio\/callback\/[\w-]{43}$/);
  });
}

Deno.test("checkPublicUrl() does not take a proxy's 401 for the service's", async () => {
  const script = createProbeScript({ "/jumio/callback/": answer(401, "Password, please") });

  await checkPublicUrl(new URL("https://bridge.example.com"), script);

  assert.deepEqual(script.report.findings.map(({ id, seen }) => [id, seen]), [
    ["callback_unreachable", "Something else answered 401, such as a proxy"],
  ]);
});

for (const [name, found] of [["401", answer(401)], ["200", answer(200, "Welcome")]] as const) {
  Deno.test(`checkHookSecrets() does not take a proxy's ${name} for the service's`, async () => {
    const script = createProbeScript({ "POST ": found });

    await checkHookSecrets(URL_OF_SERVICE, { hookSecrets: [NEW], ...script });

    assert.deepEqual(script.ids(), []);
    assert.equal(script.report.unchecked.length, 1);
  });
}
