// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestRuntime } from "../../tests/support/operator_runtime.ts";
import { readRenderFile } from "../../tests/support/render_files.ts";
import type { Arguments } from "../frame/command.ts";
import { type ConfigFile, readConfigFile } from "./config_file.ts";

const PAINT = { good: String, bad: String, strong: String };

function read(
  stdin: string,
  { flags = {}, env = {} }: { flags?: Record<string, string | true>; env?: Record<string, string> },
): Promise<ConfigFile> {
  const { runtime } = createTestRuntime({ env, stdin, readFile: readRenderFile });
  const args: Arguments = {
    operands: ["-"],
    text: (flag) => typeof flags[flag] === "string" ? flags[flag] : undefined,
    has: (flag) => flags[flag] === true,
    list: () => undefined,
  };
  const tools = { ...runtime, paint: PAINT, progress: () => {}, print: () => {} };
  return readConfigFile("-", { args, tools });
}

Deno.test("readConfigFile() finds the configuration within a project", async () => {
  const { prefix, expected } = await read("services: { identity: { config: { a: 1 } } }", {});

  assert.deepEqual(prefix, ["services", "identity", "config"]);
  assert.deepEqual(expected.config, { a: 1 });
});

Deno.test("readConfigFile() takes the hosts of PUBLIC_URL and of --url", async () => {
  const { expected, wanted } = await read("a: 1", {
    flags: { url: "https://other.example.com" },
    env: { "PUBLIC_URL": "https://kyc.example.com/base/" },
  });

  assert.deepEqual(expected.serviceHosts, ["kyc.example.com", "other.example.com"]);
  assert.equal(wanted[0]?.hook.config?.["url"], "https://kyc.example.com/base/jumio/initiate");
  assert.match(String(wanted[0]?.hook.config?.["body"]), /^base64:/);
});

Deno.test("readConfigFile() looks for no file of a Kratos that is elsewhere", async () => {
  const here = await read("a: 1", {});
  const elsewhere = await read("a: 1", { flags: { "kratos-elsewhere": true } });

  const reasonOf = async ({ sources }: ConfigFile) => {
    const answer = await sources.readTemplate("file:///x");
    return !answer.ok && answer.reason;
  };
  assert.deepEqual([await reasonOf(here), await reasonOf(elsewhere)], ["missing", "unknown"]);
});
