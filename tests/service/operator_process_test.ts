import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

/** Runs `deno task operator` as a process, with the permissions that the task has. */
async function run(
  args: readonly string[],
  { env = {}, stdin = "" }: { env?: Record<string, string>; stdin?: string } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const [, ...command]: string[] = tasks.operator.command.split(" ");
  const child = new Deno.Command(Deno.execPath(), {
    args: [...command, ...args],
    cwd: ROOT,
    env: { ...env, "DENO_NO_UPDATE_CHECK": "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, stdout: out ?? "", stderr: err ?? "" };
}

Deno.test("deno task operator renders and checks what it rendered, through a pipe", async () => {
  const env = { "PUBLIC_URL": "https://bridge.example.com" };

  const rendered = await run(["render"], { env });
  const checked = await run(["doctor", "--offline", "--json", "-"], {
    env,
    stdin: rendered.stdout,
  });

  assert.equal(rendered.code, 0);
  const { findings }: { findings: { id: string }[] } = JSON.parse(checked.stdout);
  const ids = new Set(findings.map(({ id }) => id));
  assert.deepEqual([checked.code, ids], [1, new Set(["secret_not_filled_in"])]);
});

Deno.test("deno task operator has help for the program and for every command", async () => {
  const program = await run(["--help"]);
  const names = [...program.stdout.matchAll(/^ {2}([a-z][a-z -]*?) {2,}/gm)].map(([, name]) =>
    name
  );

  assert.equal(program.code, 0);
  assert(names.length >= 3);
  for (const name of names) {
    const { code, stdout } = await run([...(name ?? "").split(" "), "--help"]);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^Usage: deno task operator ${name}`, "m"));
    assert.doesNotMatch(stdout, /^.{101}/m);
  }
});

Deno.test("deno task operator ends with 2 and a message for a wrong command line", async () => {
  for (const args of [["rendr"], ["render", "--fromat", "x"], ["doctor", "no-such-file"]]) {
    const { code, stdout, stderr } = await run(args);

    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /\nSee deno task operator .*--help\n$/);
    assert.doesNotMatch(stderr, /\n {4}at /);
  }
});

Deno.test("deno task operator ends quietly where nobody reads on", async () => {
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", `"${Deno.execPath()}" task -q operator --help | true`],
    cwd: ROOT,
    env: { "DENO_NO_UPDATE_CHECK": "1" },
  }).output();

  assert.deepEqual([code, new TextDecoder().decode(stderr)], [0, ""]);
});
