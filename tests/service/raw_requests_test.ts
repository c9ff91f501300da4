import assert from "node:assert/strict";
import { startService } from "../../sandbox/processes/service.ts";
import { getFreePort } from "../../sandbox/processes/loopback.ts";

const ROOT = new URL("../../", import.meta.url);
const HOOK_SECRET = "hook-secret-hook-secret-hook-secret";

const ENV = {
  "ORY_WEBHOOK_SECRET": HOOK_SECRET,
  "KRATOS_ADMIN_URL": "http://127.0.0.1:1",
  "JUMIO_AUTH_URL": "http://127.0.0.1:1/oauth2/token",
  "JUMIO_API_BASE_URL": "http://127.0.0.1:1/api/v1",
  "JUMIO_CLIENT_ID": "client",
  "JUMIO_CLIENT_SECRET": "client-secret",
  "JUMIO_CALLBACK_SECRET": "callback-secret",
  "KV_PATH": ":memory:",
};

/** What no client library would send, as bytes: `\xff` stands for that byte. */
async function sendRaw(port: number, request: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const bytes = Uint8Array.from(request, (character) => character.charCodeAt(0));
  const writer = connection.writable.getWriter();
  await writer.write(bytes);
  writer.releaseLock();
  return await new Response(connection.readable).text();
}

function requestOf(line: string, headers: readonly string[] = ["Host: a"], body = ""): string {
  const all = [`${line} HTTP/1.1`, ...headers, `Content-Length: ${body.length}`];
  return `${[...all, "Connection: close"].join("\r\n")}\r\n\r\n${body}`;
}

const HOOK = ["Host: a", `X-Webhook-Secret: ${HOOK_SECRET}`];
const JSON_TYPE = "Content-Type: application/json";

Deno.test("whatever bytes come, no answer is a 5xx", async () => {
  const port = getFreePort();
  const env = { ...ENV, "PORT": String(port), "LOG_LEVEL": "debug" };
  const service = await startService({ root: ROOT, env, stdout: "null", stderr: "null" });
  await service.ready(`http://127.0.0.1:${port}`);

  const statuses: Record<string, string> = {};
  for (
    const [name, request] of [
      ["a space in the host", requestOf("GET /health", ["Host: a b"])],
      ["a broken IPv6 host", requestOf("GET /health", ["Host: [::1"])],
      ["a port that is none", requestOf("GET /health", ["Host: a:99999"])],
      ["an escape in the host", requestOf("GET /health", ["Host: %zz"])],
      ["bytes in the host", requestOf("GET /health", ["Host: \xff\xfe"])],
      ["an address that is none", requestOf("GET http://[a/health", ["Host: a"])],
      ["an asterisk", requestOf("OPTIONS *")],
      ["two slashes", requestOf("GET //health")],
      ["TRACE", requestOf("TRACE /health")],
      ["a method of its own", requestOf("BREW /jumio/validate")],
      ["a null in the path", requestOf("POST /jumio/callback/%00")],
      ["bytes in the query", requestOf("GET /jumio/verify?token=%ff%00&token=%zz")],
      [
        "bytes in the secret",
        requestOf("POST /jumio/validate", ["Host: a", "X-Webhook-Secret: \xff"]),
      ],
      [
        "bytes in the type",
        requestOf("POST /jumio/validate", [...HOOK, `${JSON_TYPE};\xff`], "\xff"),
      ],
      ["a body of no text", requestOf("POST /jumio/validate", [...HOOK, JSON_TYPE], "\xff\x00{}")],
      [
        "bytes in the signature",
        requestOf("POST /jumio/callback", [
          "Host: a",
          JSON_TYPE,
          "X-Jumio-Signature: \xff",
        ], "{}"),
      ],
    ] as const
  ) {
    statuses[name] = (await sendRaw(port, request)).split(" ")[1] ?? "none";
  }
  await service.stop();

  assert.deepEqual(statuses, {
    "a space in the host": "400",
    "a broken IPv6 host": "400",
    "a port that is none": "400",
    "an escape in the host": "400",
    "bytes in the host": "200",
    "an address that is none": "400",
    "an asterisk": "404",
    "two slashes": "404",
    "TRACE": "405",
    "a method of its own": "405",
    "a null in the path": "415",
    "bytes in the query": "403",
    "bytes in the secret": "401",
    "bytes in the type": "400",
    "a body of no text": "400",
    "bytes in the signature": "401",
  });
});
