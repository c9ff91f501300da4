// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describeSchemas } from "../../routes/contract.ts";
import { readFile, tableAfter } from "../support/documents.ts";

const DOCUMENT = "docs/integrate.md";

/** The names in the first cells of a table. */
async function namesOfTable(heading: string): Promise<string[]> {
  const rows = tableAfter(await readFile(DOCUMENT), heading);
  return rows.flatMap(([cell = ""]) => [...cell.matchAll(/`([a-z_]+)`/g)])
    .map(([, name = ""]) => name);
}

function namesOf(schema: unknown): string[] {
  return Object.keys(Object(Object(schema).properties));
}

Deno.test("docs/integrate.md has every field of the metadata, and no other", async () => {
  const { JumioMetadata } = describeSchemas();

  assert.deepEqual(await namesOfTable("## The fields"), namesOf(JumioMetadata));
  assert.equal(namesOf(JumioMetadata).length, 9);
});

Deno.test("docs/integrate.md has every value of status, verdict and detail", async () => {
  const { JumioMetadata } = describeSchemas();
  const properties = Object(JumioMetadata["properties"]);
  const rows = tableAfter(await readFile(DOCUMENT), "## The fields");

  for (const name of ["status", "verdict", "detail"]) {
    const values: string[] = properties[name].enum ?? properties[name].anyOf[0].enum;
    const [, type = ""] = rows.find(([cell]) => cell === `\`${name}\``) ?? [];
    const named = [...type.matchAll(/`(\w+)`/g)].map(([, value]) => value);
    assert.deepEqual(named, values, name);
  }
});

Deno.test("docs/integrate.md has every field of an event, and no other", async () => {
  const { VerificationEvent } = describeSchemas();
  const properties = Object(VerificationEvent["properties"]);

  const names = await namesOfTable("## Events");

  const expected = [...Object.keys(properties), ...namesOf(properties["data"])]
    .filter((name) => name !== "data");
  assert.deepEqual(names.sort(), expected.sort());
});

Deno.test("the examples of docs/integrate.md have the fields of the schemas", async () => {
  const { VerificationEvent } = describeSchemas();
  const [example] = [...(await readFile(DOCUMENT)).matchAll(/^```json\n(\{[^]*?\n\})\n```$/gm)]
    .map(([, text = ""]) => JSON.parse(text))
    .filter(({ type }) => type !== undefined);

  assert.deepEqual(Object.keys(example), namesOf(VerificationEvent));
  assert.deepEqual(
    Object.keys(example.data),
    namesOf(Object(VerificationEvent["properties"]).data),
  );
});
