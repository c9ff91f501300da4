// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url).pathname;
const SBOM = `${ROOT}deploy/sbom.cdx.json`;

/** Prints what the schema of CycloneDX has against a file. */
const VALIDATE = `
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
with open(sys.argv[1]) as file:
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(file.read())
print(error if error else "valid")
`;

async function run(command: string, args: readonly string[]): Promise<string> {
  const options = { args: [...args], cwd: ROOT };
  const { stdout, stderr } = await new Deno.Command(command, options).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

Deno.test("deploy/sbom.cdx.json is what deno task sbom writes now", async () => {
  const sbom = await run(Deno.execPath(), ["task", "--quiet", "sbom", "--print"]);

  assert.equal(sbom, await Deno.readTextFile(SBOM));
});

Deno.test("deploy/sbom.cdx.json is valid by the schema of CycloneDX 1.6", async () => {
  const python = `${ROOT}.tools/venv/bin/python`;
  const damaged = await Deno.makeTempFile();
  await Deno.writeTextFile(
    damaged,
    (await Deno.readTextFile(SBOM)).replace('"library"', '"no such type"'),
  );

  assert.equal(await run(python, ["-c", VALIDATE, SBOM]), "valid\n");
  assert.match(await run(python, ["-c", VALIDATE, damaged]), /no such type/);
  await Deno.remove(damaged);
});
