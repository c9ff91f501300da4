import assert from "node:assert/strict";
import { metadataOf, registerPerson, startFleet } from "../../sandbox/processes/fleet.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";

Deno.test("twenty presses at once at two instances start one execution, and all lead to it", async () => {
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
    await waitUntil("it is started", () => jumio.executions.length === 1);
    await jumio.finish(jumio.executions[0]?.id ?? "", "abandoned");
    await waitUntil("it is expired", () => metadataOf(fleet, identityId)["status"] === "expired");

    const press = async (index: number) => {
      const response = await fetch(`${urls[index % 2]}/jumio/verify`, {
        method: "POST",
        redirect: "manual",
        headers: { origin: publicUrl },
        body: new URL(link).searchParams,
      });
      await response.body?.cancel();
      return response.headers.get("location");
    };
    const ways = await Promise.all(Array.from({ length: 20 }, (_, index) => press(index)));

    assert.equal(jumio.executions.length, 2);
    assert.deepEqual(new Set(ways), new Set([jumio.executions[1]?.href]));
  }
  await Deno.remove(folder, { recursive: true });
});
