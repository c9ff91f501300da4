// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { getFreePort } from "../../sandbox/processes/loopback.ts";
import { createTestService } from "../support/service.ts";

Deno.test("stop() answers the requests that have arrived, and refuses new ones", async () => {
  const port = getFreePort();
  const kv = Promise.withResolvers<Deno.Kv>();
  const listening = Promise.withResolvers<void>();
  const requested = Promise.withResolvers<void>();
  const test = createTestService({
    env: { "PORT": String(port) },
    overrides: {
      openKv: () => kv.promise,
      serve({ port, onListen }, handler) {
        listening.resolve();
        return Deno.serve({ hostname: "127.0.0.1", port, onListen }, (request, info) => {
          requested.resolve();
          return handler(request, info);
        });
      },
    },
  });

  const started = test.service.start();
  await listening.promise;
  const answer = fetch(`http://127.0.0.1:${port}/ready`);
  await requested.promise;
  const stopped = test.service.stop();
  const refused = fetch(`http://127.0.0.1:${port}/health`);
  await assert.rejects(refused, TypeError);
  kv.resolve(await Deno.openKv(":memory:"));
  await Promise.all([started, stopped]);

  assert.equal((await answer).status, 200);
  await (await answer).body?.cancel();
});
