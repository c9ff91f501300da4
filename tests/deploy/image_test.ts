// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { getFreePort, waitUntil } from "../../sandbox/processes/loopback.ts";
import { buildImage } from "../support/image.ts";

const SETTINGS = {
  "ORY_WEBHOOK_SECRET": "hook-secret-hook-secret-hook-secret",
  "KRATOS_ADMIN_URL": "http://127.0.0.1:1",
  "JUMIO_AUTH_URL": "http://127.0.0.1:1/oauth2/token",
  "JUMIO_API_BASE_URL": "http://127.0.0.1:1/api/v1",
  "JUMIO_CLIENT_ID": "client",
  "JUMIO_CLIENT_SECRET": "client-secret",
};

Deno.test("deploy/Containerfile builds an image that runs as it should", async (t) => {
  await using image = await buildImage();
  const port = getFreePort();

  await t.step("it holds what is deployed, in less than docs/deploy.md says", async () => {
    const { files, packages, bytes } = await image.list();
    const document = await Deno.readTextFile(new URL("../../docs/deploy.md", import.meta.url));
    const [, megabytes] = /adds less than (\d+) MB/.exec(document) ?? [];

    assert(files.includes("main.ts") && files.includes("lib/service.ts"));
    assert.deepEqual(
      files.filter((file) => /_test\.ts$|^(?:tests|cli|sandbox|bench)\//.test(file)),
      [],
    );
    assert.deepEqual(packages, ["@opentelemetry", "jose", "zod"]);
    assert(bytes < Number(megabytes) * 1_000_000, `${bytes} bytes`);
  });

  await t.step("it runs as another user than root, and can write to its data only", async () => {
    const script = "id -u; touch /app/main.ts; touch /x; touch /app/data/x && echo written";

    assert.deepEqual((await image.runShell(script)).split("\n"), ["1993", "written", ""]);
  });

  await t.step("it answers hooks, tells its health, and ends when it is told to", async () => {
    await using container = await image.start({ ...SETTINGS, "PORT": String(port) });
    const url = `http://127.0.0.1:${port}`;
    await waitUntil("the service is ready", async () => {
      const answer = await fetch(`${url}/ready`);
      await answer.body?.cancel();
      return answer.ok;
    });

    const refused = await fetch(`${url}/jumio/validate`, { method: "POST" });
    const allowed = await fetch(`${url}/jumio/validate`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-webhook-secret": SETTINGS.ORY_WEBHOOK_SECRET,
      },
      body: JSON.stringify({ identity_id: crypto.randomUUID(), metadata_public: null }),
    });

    assert.deepEqual([refused.status, allowed.status], [401, 200]);
    await Promise.all([refused.body?.cancel(), allowed.body?.cancel()]);
    await container.checkHealth();
    // If it did not listen to SIGTERM, it would be killed after that time, and end with 137.
    assert.equal(await container.stop({ seconds: 30 }), 0);
  });
});
