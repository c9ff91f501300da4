// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { metadataOf, registerPerson, startFleet } from "../../sandbox/processes/fleet.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";

Deno.test("twenty simultaneous continuations at two instances start one execution, and all redirect to it", async () => {
  const folder = await Deno.makeTempDir({ prefix: "bridge-" });
  {
    await using fleet = await startFleet({
      instances: 2,
      kvPath: `${folder}/kv.sqlite3`,
      runArgs: [`--allow-read=${folder}`, `--allow-write=${folder}`],
      env: { "JUMIO_STARTS_PER_SECOND": "100" },
    });
    const { jumio, urls } = fleet;
    const [publicUrl = ""] = urls;
    const { identityId, link } = await registerPerson(fleet);
    await waitUntil("the execution is started", () => jumio.executions.length === 1);
    await jumio.finish(jumio.executions[0]?.id ?? "", "abandoned");
    await waitUntil(
      "the verification is expired",
      () => metadataOf(fleet, identityId)["status"] === "expired",
    );

    const continueAt = async (index: number) => {
      const response = await fetch(`${urls[index % 2]}/jumio/verify`, {
        method: "POST",
        redirect: "manual",
        headers: { origin: publicUrl },
        body: new URL(link).searchParams,
      });
      await response.body?.cancel();
      return response.headers.get("location");
    };
    const locations = await Promise.all(
      Array.from({ length: 20 }, (_, index) => continueAt(index)),
    );

    assert.equal(jumio.executions.length, 2);
    assert.deepEqual(new Set(locations), new Set([jumio.executions[1]?.href]));
  }
  await Deno.remove(folder, { recursive: true });
});
