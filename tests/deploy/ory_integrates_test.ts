// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parse } from "yaml";

const ROOT = new URL("../../", import.meta.url);
const FOLDER = new URL("deploy/ory-integrates/", ROOT);

/** What Ory's collection of integrations asks of an entry. */
const FIELDS = [
  "name",
  "displayName",
  "vendor",
  "category",
  "type",
  "maintainedBy",
  "description",
  "useCase",
  "coreFunctionality",
  "oryMechanism",
  "protocol",
  "status",
  "path",
];
const SECTIONS = [
  "Use case",
  "How it works",
  "Prerequisites",
  "Deploy",
  "Configure Ory",
  "Troubleshooting",
  "License",
];

Deno.test("the entry for Ory's collection has every field, and its words", async () => {
  const entry = parse(await Deno.readTextFile(new URL("registry.entry.yaml", FOLDER)));

  for (const field of FIELDS) assert(entry[field]?.length > 0, field);
  assert.match(entry.name, /^[a-z]+(?:-[a-z]+)*$/);
  assert.equal(entry.path, `${entry.category}/${entry.name}`);
  assert(["webhook", "config", "http-event"].includes(entry.type));
  assert(["active", "scaffold", "stub", "deprecated", "archived"].includes(entry.status));
});

Deno.test("the entry for Ory's collection points to files of this repository", async () => {
  const { configuration } = parse(await Deno.readTextFile(new URL("registry.entry.yaml", FOLDER)));

  assert((await Deno.stat(new URL(configuration.actions, ROOT))).isFile);
  assert((await Deno.stat(new URL(configuration.templates, ROOT))).isDirectory);
});

Deno.test("the README for Ory's collection has its sections, and its links lead to files", async () => {
  const text = await Deno.readTextFile(new URL("README.md", FOLDER));

  assert.deepEqual([...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title), SECTIONS);
  for (const start of ["> **Maintained by:** ", "**Type:** webhook", "**Docs page:** ["]) {
    assert(text.includes(`\n${start}`), start);
  }
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => link);
  const own = links.filter((link) => !link.startsWith("https://"));
  assert(own.length >= 8);
  for (const link of own) await Deno.stat(new URL(link, FOLDER));
});
