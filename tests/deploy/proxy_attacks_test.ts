// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { registerPerson } from "../../sandbox/processes/fleet.ts";
import { waitAtMost } from "../../lib/deadline.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { startDeployment } from "../support/deployment.ts";
import { sendRaw } from "../support/raw_request.ts";

/** Targets that lead out of the paths of the public port, for a program that reads them differently. */
const WAYS_OUT = [
  "GET /jumio/callback/..\\..\\operator\\",
  "POST /jumio/callback/..\\initiate",
  "GET /jumio/callback/..\\..\\ready",
  "GET /jumio/verify\\..\\..\\openapi.json",
  "GET /jumio/callback/..%5c..%5cready",
  "GET /jumio/callback/../../ready",
  "GET /jumio/callback/%2e%2E/%2e%2e/ready",
  "GET /jumio/callback/..%2f..%2fready",
  "GET http://x\\ready?/health",
  "GET //ready",
];

Deno.test("deploy/nginx.conf: no backslash, dot or Host header leads out of the public paths", async (t) => {
  await using deployment = await startDeployment({
    "OPERATOR_SECRET": "operator-secret-operator-secret-0123",
  });
  const [publicPort, innerPort] = [deployment.publicUrl, deployment.innerUrl].map((url) =>
    Number(new URL(url).port)
  );

  for (const line of WAYS_OUT) {
    await t.step(`${line} is answered by 404`, async () => {
      const { status, text } = await sendRaw(publicPort ?? 0, { line });

      // nginx itself refuses an invalid authority with 400.
      assert(status === 404 || status === 400, text);
    });
  }
  for (const host of ["x\\operator\\status?", "x/operator/status?", "x\\ready?", "x/ready?"]) {
    await t.step(`Host: ${host} does not change the path`, async () => {
      for (const port of [publicPort ?? 0, innerPort ?? 0]) {
        const asHealth = await sendRaw(port, { line: "GET /health", headers: [`Host: ${host}`] });
        const asNothing = await sendRaw(port, { line: "GET /none", headers: [`Host: ${host}`] });
        // Either nginx refuses the header, or the service never sees it.
        if (asHealth.text.includes("<center>nginx</center>")) {
          assert.deepEqual([asHealth.status, asNothing.status], [400, 400]);
        } else {
          assert.deepEqual([asHealth.status, asNothing.status], [200, 404]);
        }
      }
    });
  }
});

Deno.test("deploy/nginx.conf lets people come back from Jumio", async () => {
  await using deployment = await startDeployment();

  const response = await fetch(`${deployment.publicUrl}/jumio/verify/return?errorCode=9200`);

  assert.equal(response.status, 200);
  assert.match(await response.text(), /<html/);
});

Deno.test("deploy/nginx.conf logs no token, with all instances, with one, and with none", async (t) => {
  await using deployment = await startDeployment();
  const { fleet, nginx, publicUrl, innerUrl } = deployment;
  const { link } = await registerPerson(fleet);
  const { callbackUrl = "" } = fleet.jumio.executions[0] ?? {};
  const addresses = [publicUrl, innerUrl].flatMap((origin) =>
    [link, callbackUrl].map((address) => address.replace(publicUrl, origin))
  );
  const [linkToken, callbackToken] = [
    new URL(link).searchParams.get("token") ?? "",
    callbackUrl.split("/").at(-1) ?? "",
  ];
  assert(linkToken.length > 40 && callbackToken.length > 40);
  const odd = [
    `/jumio//callback/${callbackToken}`,
    `/jumio/callback%2f${callbackToken}`,
    `/jumio/callback\\${callbackToken}`,
    `/jumio/verify%3ftoken=${linkToken}`,
    `/jumio/verify/?token=${linkToken}`,
    `/nowhere?token=${linkToken}`,
  ].map((path) => publicUrl + path).concat(`${innerUrl}/jumio/callback\\${callbackToken}`);

  for (const dead of [undefined, 0, 1]) {
    const living = dead === undefined ? "all" : dead === 0 ? "one" : "no";
    await t.step(`with ${living} instances`, async () => {
      if (dead !== undefined) await fleet.kill(dead);
      const before = (await nginx.log()).length;

      for (const address of [...addresses, ...odd]) {
        // `fetch` would turn a backslash into a slash.
        const { port, origin } = new URL(address);
        const target = address.slice(origin.length);
        for (const method of ["GET", "POST"]) {
          const { status } = await sendRaw(Number(port), { line: `${method} ${target}` });
          if (addresses.includes(address)) assert.equal(status >= 500, dead === 1, target);
          // nginx answers these itself.
          if (target.includes("\\")) assert.equal(status, 404, target);
        }
      }

      const count = 2 * (addresses.length + odd.length);
      const added = async () => (await nginx.log()).slice(before);
      await waitUntil(
        "every request is logged",
        async () => (await added()).split("\n").length > count,
      );
      const log = await nginx.log();
      assert.match(await added(), /POST \/jumio\/callback\/- \d{3}/);
      assert.match(await added(), /GET \/jumio\/verify \d{3}/);
      assert(!log.includes(callbackToken) && !log.includes(linkToken));
      assert(!log.includes(linkToken.slice(-20)) && !log.includes(callbackToken.slice(-20)));
    });
  }
});

Deno.test("deploy/nginx.conf closes half-sent requests, and the service never sees them", async () => {
  await using deployment = await startDeployment();
  const port = Number(new URL(deployment.publicUrl).port);
  const parts = [
    "GET /health HTTP/1.1\r\nHo",
    "POST /jumio/callback HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{",
  ];

  const ends = parts.map(async (part) => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode(part));
    // It does so after 10 s, and after 60 s without our settings.
    // nginx answers a half-sent body with 408, and then closes too.
    const closed = new Response(connection.readable).text().then(() => true, () => true);
    return await waitAtMost(40_000, closed);
  });

  assert.deepEqual(await Promise.all(ends), [true, true]);
  // Only requests that reached an instance have its address.
  assert.doesNotMatch(await deployment.nginx.log(), /callback.* 127\.0\.0\.1:\d+/);
});
