// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);
const PACKAGE = "ory-jumio-bridge-types";

/** What an application may write, and what the types must refuse. */
const APPLICATION = `
import type { JumioMetadata, VerificationEvent } from "${PACKAGE}";

export function isVerified(jumio: JumioMetadata | undefined): boolean {
  return jumio?.status === "verified";
}

export function isInconclusive({ status, detail }: JumioMetadata): boolean {
  return status === "pending" && detail === "inconclusive";
}

export function readEvent({ type, data }: VerificationEvent): string | null {
  const before: "none" | JumioMetadata["status"] = data.previous_status;
  return type !== "verification.ending" && data.sequence > 0 ? data.decided_at : before;
}

export function readWrong(jumio: JumioMetadata): unknown {
  // @ts-expect-error There is no such status.
  if (jumio.status === "approved") return;
  // @ts-expect-error It can be null.
  return jumio.decided_at.length;
}
`;

Deno.test("types/index.d.ts is what the schemas say; if not, run deno task types", async () => {
  const printed = await run(Deno.execPath(), {
    args: ["task", "--quiet", "types", "--print"],
    cwd: fileURLToPath(ROOT),
  });

  assert.equal(await Deno.readTextFile(new URL("types/index.d.ts", ROOT)), printed);
});

Deno.test("npm packs the types, and an application compiles with the package", async () => {
  const folder = await Deno.makeTempDir({ prefix: "types-" });
  const installed = join(folder, "node_modules", PACKAGE);
  await Deno.mkdir(installed, { recursive: true });

  const packed = await run("npm", {
    args: ["pack", "--json", "--pack-destination", folder],
    cwd: fileURLToPath(new URL("types/", ROOT)),
  });
  const [{ filename, files }] = JSON.parse(packed);
  await run("tar", {
    args: ["-xzf", join(folder, filename), "--strip-components=1"],
    cwd: installed,
  });
  await Deno.writeTextFile(
    join(folder, "package.json"),
    JSON.stringify({ type: "module", dependencies: { [PACKAGE]: "*" } }),
  );
  await Deno.writeTextFile(join(folder, "application.ts"), APPLICATION);
  await run(Deno.execPath(), { args: ["check", "application.ts"], cwd: folder });
  await Deno.remove(folder, { recursive: true });

  const names = files.map(({ path }: { path: string }) => path);
  assert.deepEqual(names.sort(), ["README.md", "index.d.ts", "package.json"]);
});

async function run(
  command: string,
  { args, cwd }: { args: string[]; cwd: string },
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args, cwd }).output();
  const [output, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert(success, `${output}${errors}`);
  return output ?? "";
}
