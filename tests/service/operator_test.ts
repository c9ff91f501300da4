// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { startFleet } from "../../sandbox/processes/fleet.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { runOperatorProcess } from "../support/operator_process.ts";

const OPERATOR_SECRET = "operator-secret-for-tests-0123456789";

Deno.test("deno task operator shows verifications of a running service and erases one", async () => {
  const folder = await Deno.makeTempDir({ prefix: "bridge-" });
  try {
    await using fleet = await startFleet({
      instances: 1,
      kvPath: `${folder}/kv.sqlite3`,
      runArgs: [`--allow-read=${folder}`, `--allow-write=${folder}`],
      env: { "OPERATOR_SECRET": OPERATOR_SECRET },
    });
    const [url = ""] = fleet.urls;
    const env = { "OPERATOR_URL": url, "OPERATOR_SECRET": OPERATOR_SECRET };
    const { identityId = "" } = await fleet.kratos.register({ email: "ada@example.com" });
    await waitUntil("the execution exists", () => fleet.jumio.executions.length === 1);
    await fleet.jumio.finish(fleet.jumio.executions[0]?.id ?? "", "passed");

    await waitUntil("the verdict is counted", async () => {
      const { stdout } = await runOperatorProcess(["status", "--json"], { env });
      const counts = JSON.parse(stdout)["last_day"];
      return counts.starts === 1 && counts.verified === 1;
    });
    const listed = await runOperatorProcess(["verification", "list", "--secret-stdin"], {
      env: { "OPERATOR_URL": url, "OPERATOR_SECRET": "" },
      stdin: `${OPERATOR_SECRET}\n`,
    });
    const withoutTerminal = await runOperatorProcess(["erase", identityId], { env });
    const erased = await runOperatorProcess(["erase", identityId, "--yes", "--json"], { env });

    assert.equal(listed.code, 0, listed.stderr);
    assert.match(listed.stdout, new RegExp(`^${identityId} {2}verified {2}PASSED`, "m"));
    assert.deepEqual([withoutTerminal.code, withoutTerminal.stdout], [2, ""]);
    assert.equal(erased.code, 0, erased.stderr);
    assert.equal(JSON.parse(erased.stdout).erasure.by, "grace");
    await waitUntil(
      "the account is deleted",
      () => fleet.jumio.calls.some(({ method, status }) => method === "DELETE" && status === 200),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
