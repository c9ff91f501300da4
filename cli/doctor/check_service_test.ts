import assert from "node:assert/strict";
import { answer, createProbeScript } from "../../tests/support/probe_script.ts";
import { checkPublicUrl, checkService } from "./check_service.ts";

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
    const script = createProbeScript({ "/jumio/callback/": answer(status) });

    await checkPublicUrl(new URL(address), script);

    assert.deepEqual(script.ids(), ids);
    assert.match(script.requests.join(), /^POST .*\/jumio\/callback\/[\w-]{43}$/);
  });
}
