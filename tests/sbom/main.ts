// SPDX-License-Identifier: Apache-2.0
/**
 * `deno task sbom`: writes `deploy/sbom.cdx.json`, the software bill of materials of what is
 * deployed, in the form of CycloneDX 1.6. The operator's program and the tests are not deployed.
 *
 * @module
 */

import { z } from "zod";
import { readPackage } from "./package.ts";
import config from "../../deno.json" with { type: "json" };

const lock = JSON.parse(await Deno.readTextFile(new URL("../../deno.lock", import.meta.url)));
const SBOM = new URL("../../deploy/sbom.cdx.json", import.meta.url);
const SERVICE = "ory-jumio-bridge";

/** A package without dependencies of its own. */
const Locked = z.strictObject({ integrity: z.templateLiteral(["sha512-", z.base64()]) });

const text = `${JSON.stringify(await createSbom(), null, 2)}\n`;
if (Deno.args.includes("--print")) await Deno.stdout.write(new TextEncoder().encode(text));
else await Deno.writeTextFile(SBOM, text);

async function createSbom(): Promise<Readonly<Record<string, unknown>>> {
  const components = await Promise.all(Object.values(config.imports).map(describe));
  const service = {
    "type": "application",
    "bom-ref": SERVICE,
    "name": SERVICE,
    "version": config.version,
    "licenses": [{ license: { id: config.license } }],
  };
  return {
    "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "version": 1,
    "metadata": { component: service },
    components,
    "dependencies": [
      { ref: SERVICE, dependsOn: components.map((component) => component["bom-ref"]) },
      ...components.map((component) => ({ ref: component["bom-ref"] })),
    ],
  };
}

/**
 * Describes a package in the version of `deno.lock`.
 *
 * @throws {z.ZodError} If it has dependencies, which would have to be listed too. None has any today.
 */
async function describe(specifier: string) {
  const { name, license } = await readPackage(specifier.replace(/^npm:(.+)@.*$/, "$1"));
  const version: string = lock.specifiers[specifier];
  const { integrity } = Locked.parse(lock.npm[`${name}@${version}`]);
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  const hash = Uint8Array.fromBase64(integrity.replace("sha512-", "")).toHex();
  return {
    "type": "library",
    "bom-ref": purl,
    "name": name,
    "version": version,
    "hashes": [{ alg: "SHA-512", content: hash }],
    "licenses": [{ license: { id: license } }],
    "purl": purl,
  };
}
