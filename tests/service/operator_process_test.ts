// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { runOperatorProcess } from "../support/operator_process.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("deno task operator checks through a pipe what it rendered", async () => {
  const env = { "PUBLIC_URL": "https://bridge.example.com" };

  const rendered = await runOperatorProcess(["render"], { env });
  const checked = await runOperatorProcess(["doctor", "--offline", "--json", "-"], {
    env,
    stdin: rendered.stdout,
  });

  assert.equal(rendered.code, 0);
  const { findings }: { findings: { id: string }[] } = JSON.parse(checked.stdout);
  const ids = new Set(findings.map(({ id }) => id));
  assert.deepEqual([checked.code, ids], [3, new Set(["secret_not_filled_in"])]);
});

Deno.test("deno task operator prints help for the program and for every command", async () => {
  const program = await runOperatorProcess(["--help"]);
  const names = [...program.stdout.matchAll(/^ {2}([a-z][a-z -]*?) {2,}/gm)].map(([, name]) =>
    name
  );

  assert.equal(program.code, 0);
  assert(names.length >= 3);
  for (const name of names) {
    const { code, stdout } = await runOperatorProcess([...(name ?? "").split(" "), "--help"]);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^Usage: deno task operator ${name}`, "m"));
    assert.doesNotMatch(stdout, /^.{101}/m);
  }
});

Deno.test("deno task operator exits with 2 and a message for a wrong command line", async () => {
  for (const args of [["rendr"], ["render", "--fromat", "x"], ["doctor", "no-such-file"]]) {
    const { code, stdout, stderr } = await runOperatorProcess(args);

    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /\nSee deno task operator .*--help\n$/);
    assert.doesNotMatch(stderr, /\n {4}at /);
  }
});

Deno.test("deno task operator exits without an error if its reader closes the pipe", async () => {
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", `"${Deno.execPath()}" task -q operator --help | true`],
    cwd: ROOT,
    env: { "DENO_NO_UPDATE_CHECK": "1" },
  }).output();

  assert.deepEqual([code, new TextDecoder().decode(stderr)], [0, ""]);
});
