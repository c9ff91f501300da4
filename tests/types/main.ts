// SPDX-License-Identifier: Apache-2.0
import { compile } from "json-schema-to-typescript";
import { describeSchemas } from "../../routes/contract.ts";

/** The file that holds the types for applications. */
const DECLARATIONS = new URL("../../types/index.d.ts", import.meta.url);

const HEADER = "// SPDX-License-Identifier: Apache-2.0\n" +
  "// Written by `deno task types` from the schemas of the service. Do not edit it.\n";

const declarations = await createDeclarations();
if (Deno.args.includes("--print")) await Deno.stdout.write(new TextEncoder().encode(declarations));
else await Deno.writeTextFile(DECLARATIONS, declarations);

/** Writes the schemas of what applications get as TypeScript types. */
async function createDeclarations(): Promise<string> {
  const parts = await Promise.all(
    Object.entries(describeSchemas()).map(([name, schema]) =>
      compile(schema, name, {
        additionalProperties: false,
        bannerComment: "",
        style: { printWidth: 100 },
      })
    ),
  );
  return [HEADER, ...parts].join("\n");
}
