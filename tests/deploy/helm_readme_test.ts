// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { isMap, isScalar, parse, parseDocument, type YAMLMap } from "yaml";
import { CHART, runHelm } from "../support/helm.ts";

const read = (path: string) => Deno.readTextFile(`${CHART}/${path}`);

/** A row of the table of values, as helm-docs writes it. */
type Row = [key: string, type: string, fallback: string, description: string];

/** The text of a comment that begins with `--`. */
function describe(comment: string | null | undefined): string | undefined {
  const [, text] = /(?:^|\n) -- ([\s\S]*)$/.exec(comment ?? "") ?? [];
  return text?.split("\n").map((line) => line.trim()).join(" ");
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "list";
  return { boolean: "bool", number: "int", string: "string" }[String(typeof value)] ?? "object";
}

/** A value with a description is a row. Otherwise each of its own values is one. */
function* listRows(map: YAMLMap, prefix = ""): Generator<Row> {
  for (const [index, { key, value }] of map.items.entries()) {
    assert(isScalar(key));
    const path = `${prefix}${key.value}`;
    // The parser gives the comment of the first value to the map.
    const description = describe(key.commentBefore ?? (index === 0 ? map.commentBefore : ""));
    if (description === undefined && isMap(value) && value.items.length > 0) {
      yield* listRows(value as YAMLMap, `${path}.`);
    } else {
      const json = (value as { toJSON(): unknown }).toJSON();
      yield [path, typeOf(json), `\`${JSON.stringify(json)}\``, description ?? ""];
    }
  }
}

Deno.test("the chart's README has each value with its type, default and description", async () => {
  const { contents } = parseDocument(await read("values.yaml"));
  assert(isMap(contents));

  const rows = [...listRows(contents as YAMLMap)].toSorted(([a], [b]) => a < b ? -1 : 1);

  assert.deepEqual(rows.filter(([, , , description]) => description === ""), []);
  const [, table = ""] = (await read("README.md")).split("\n## Values\n\n");
  const written = table.split("\n\n")[0]?.trimEnd().split("\n").slice(2).map((line) =>
    line.split("|").slice(1, -1).map((cell) => cell.trim())
  );
  assert.deepEqual(written, rows);
});

Deno.test("the chart's README has what helm-docs takes from Chart.yaml", async () => {
  const { version, appVersion, description, kubeVersion, type } = parse(await read("Chart.yaml"));
  const readme = await read("README.md");

  for (
    const [name, value] of Object.entries({ Version: version, AppVersion: appVersion, Type: type })
  ) {
    assert(readme.includes(`![${name}: ${value}](https://img.shields.io/badge/${name}-${value}-`));
  }
  assert(readme.includes(`\n${description}\n`));
  assert(readme.includes(`Kubernetes: \`${kubeVersion}\``));
});

Deno.test("the chart accepts the values that its README shows", async () => {
  const blocks = [...(await read("README.md")).matchAll(/^```yaml\n([\s\S]*?)^```$/gm)];
  const args = await Promise.all(blocks.map(async ([, block = ""]) => {
    const file = await Deno.makeTempFile({ suffix: ".yaml" });
    await Deno.writeTextFile(file, block);
    return file;
  })).then((files) => files.flatMap((file) => ["--values", file]));

  const { success, output } = await runHelm("template", { args });

  assert.equal(blocks.length, 2);
  assert(success, output);
});

Deno.test("the chart's README has links to files and headings that exist", async () => {
  const links = [...(await read("README.md")).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target).filter((target) => !target.startsWith("https://"));

  assert(links.length >= 5);
  for (const link of links) {
    const [path = "", anchor] = link.split("#");
    const text = await read(path);
    const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
      heading.toLowerCase().replaceAll(/[^a-z0-9 -]/g, "").replaceAll(" ", "-")
    );
    assert(anchor === undefined || headings.includes(anchor), link);
  }
});
