// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { authorize, call, createJumio, HOSTS, start } from "../../../tests/support/jumio_client.ts";

const MINUTE = 60_000;

Deno.test("access tokens end after an hour and when they are revoked", async () => {
  const { simulator, clock } = createJumio();
  await start(simulator);
  const headers = await authorize(simulator);
  const url = `${HOSTS.retrieval}/api/v1/accounts/x/workflow-executions/y`;

  const fresh = await call(simulator, { url, headers });
  clock.now += 60 * MINUTE;
  const old = await call(simulator, { url, headers });
  const renewed = await authorize(simulator);
  simulator.revokeTokens();
  const revoked = await call(simulator, { url, headers: renewed });

  assert.deepEqual([fresh.status, old.status, revoked.status], [404, 401, 401]);
});
