import assert from "node:assert/strict";
import { startFleet } from "../../sandbox/processes/fleet.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";

const ROOT = new URL("../../", import.meta.url);
const OPERATOR_SECRET = "operator-secret-of-these-tests-0123456789";

/** Runs the program as a person does, with no more rights than its task gives it. */
async function operate(
  args: readonly string[],
  { env, stdin = "" }: { env: Record<string, string>; stdin?: string },
): Promise<{ code: number; stdout: string; stderr: string }> {
  const process = new Deno.Command("deno", {
    args: ["task", "--quiet", "operator", ...args],
    cwd: ROOT,
    env: { ...env, "USER": "grace" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin));
  await writer.close();
  const { code, stdout, stderr } = await process.output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

Deno.test("deno task operator asks a running service, and erases at its word", async () => {
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
    await waitUntil("the execution is there", () => fleet.jumio.executions.length === 1);
    await fleet.jumio.finish(fleet.jumio.executions[0]?.id ?? "", "passed");

    await waitUntil("the verdict is counted", async () => {
      const { stdout } = await operate(["status", "--json"], { env });
      const counts = JSON.parse(stdout)["last_day"];
      return counts.starts === 1 && counts.verified === 1;
    });
    const listed = await operate(["verification", "list", "--secret-stdin"], {
      env: { "OPERATOR_URL": url, "OPERATOR_SECRET": "" },
      stdin: `${OPERATOR_SECRET}\n`,
    });
    const unasked = await operate(["erase", identityId], { env });
    const erased = await operate(["erase", identityId, "--yes", "--json"], { env });

    assert.equal(listed.code, 0, listed.stderr);
    assert.match(listed.stdout, new RegExp(`^${identityId} {2}verified {2}PASSED`, "m"));
    assert.deepEqual([unasked.code, unasked.stdout], [2, ""]);
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
