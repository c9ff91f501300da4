// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

const PAGES = 300;
const EVENTS_ON_A_PAGE = 500;

/** Less than the exported events need, more than the program needs for one page of them. */
const MAX_HEAP_MB = 64;

/** A service with more events than fit into the memory of the program. */
function serveTimelines(): { url: string } & AsyncDisposable {
  const event = {
    at: "2026-05-04T09:00:00.000Z",
    event: "publish",
    outcome: "applied",
    note: "x".repeat(300),
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
    const [done = "0"] = new URL(url).searchParams.get("cursor")?.split("/") ?? [];
    const page = parseInt(done, 16) + 1;
    const id = page.toString(16).padStart(8, "0");
    const events = Array.from(
      { length: EVENTS_ON_A_PAGE },
      (_, number) => ({ "subject_id": id, ...event, number: page * EVENTS_ON_A_PAGE + number }),
    );
    return Response.json({ events, "next_cursor": page < PAGES ? `${id}/` : null });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("deno task operator export streams more events than fit into its memory", async () => {
  await using service = serveTimelines();
  const process = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "operator", "export"],
    cwd: ROOT,
    env: {
      "OPERATOR_URL": service.url,
      "OPERATOR_SECRET": "operator-secret-for-tests-0123456789",
      "DENO_NO_UPDATE_CHECK": "1",
      "DENO_V8_FLAGS": `--max-old-space-size=${MAX_HEAP_MB}`,
    },
    stdout: "piped",
    stderr: "piped",
  }).spawn();

  let [lines, bytes] = [0, 0];
  const reading = (async () => {
    for await (const chunk of process.stdout) {
      bytes += chunk.length;
      lines += chunk.filter((byte) => byte === 0x0a).length;
    }
  })();
  const [stderr, { code }] = await Promise.all([
    new Response(process.stderr).text(),
    process.status,
    reading,
  ]);

  assert.deepEqual([code, stderr], [0, `Exported: ${PAGES * EVENTS_ON_A_PAGE} events\n`]);
  assert.equal(lines, PAGES * EVENTS_ON_A_PAGE);
  assert(bytes > MAX_HEAP_MB * 2 ** 20 * 0.9, String(bytes));
});
