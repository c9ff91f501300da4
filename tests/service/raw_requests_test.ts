// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { getFreePort } from "../../sandbox/processes/loopback.ts";
import { startService } from "../../sandbox/processes/service.ts";
import { sendRaw } from "../support/raw_request.ts";
import { START_ENV } from "../support/start_command.ts";

const ROOT = new URL("../../", import.meta.url);

const SECRET = `X-Webhook-Secret: ${START_ENV["ORY_WEBHOOK_SECRET"]}`;
const JSON_TYPE = "Content-Type: application/json";

/** A request as no client library would send it. `\xff` stands for that byte. */
interface RawRequest {
  readonly what: string;
  /** Method and path. */
  readonly line: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly status: number;
}

const REQUESTS: readonly RawRequest[] = [
  { what: "a space in the host", line: "GET /health", headers: ["Host: a b"], status: 400 },
  { what: "a broken IPv6 host", line: "GET /health", headers: ["Host: [::1"], status: 400 },
  { what: "an impossible port", line: "GET /health", headers: ["Host: a:99999"], status: 400 },
  { what: "a bad escape in the host", line: "GET /health", headers: ["Host: %zz"], status: 400 },
  {
    what: "bytes that are not ASCII in the host",
    line: "GET /health",
    headers: ["Host: \xff\xfe"],
    status: 400,
  },
  {
    what: "a path in the host",
    line: "GET /health",
    headers: ["Host: x/ready?"],
    status: 400,
  },
  {
    what: "a path with backslashes in the host",
    line: "GET /health",
    headers: ["Host: x\\ready?"],
    status: 400,
  },
  { what: "a fragment in the host", line: "GET /health", headers: ["Host: a#"], status: 400 },
  { what: "an empty host", line: "GET /health", headers: ["Host: "], status: 400 },
  { what: "no host", line: "GET /health", headers: [], status: 200 },
  {
    what: "a path with backslashes in the host of an absolute address",
    line: "GET http://x\\ready?/health",
    status: 400,
  },
  { what: "an absolute address", line: "GET http://x/health", status: 200 },
  { what: "an absolute address that is invalid", line: "GET http://[a/health", status: 400 },
  { what: "an asterisk as the path", line: "OPTIONS *", status: 404 },
  { what: "two slashes before the path", line: "GET //health", status: 404 },
  { what: "a slash after the path", line: "GET /health/", status: 404 },
  { what: "dots that lead to the path", line: "GET /x/../health", status: 404 },
  { what: "a dot before the path", line: "GET /./health", status: 404 },
  { what: "escaped dots before the path", line: "GET /%2e%2e/health", status: 404 },
  { what: "a backslash before the path", line: "GET /\\health", status: 404 },
  { what: "backslashes after the callback's path", line: "GET /jumio/callback/..\\x", status: 404 },
  { what: "dots after the callback's path", line: "POST /jumio/callback/..", status: 404 },
  { what: "escaped dots after it", line: "POST /jumio/callback/%2E%2e", status: 404 },
  { what: "an escaped backslash after it", line: "POST /jumio/callback/..%5Cx", status: 404 },
  { what: "a fragment after the path", line: "GET /health#x", status: 404 },
  { what: "two slashes before a hook's path", line: "POST //jumio/validate", status: 401 },
  { what: "a slash after a hook's path", line: "POST /jumio/initiate/", status: 401 },
  { what: "both slashes at a hook's path", line: "POST //jumio/initiate/", status: 404 },
  { what: "three slashes before a hook's path", line: "POST ///jumio/validate", status: 404 },
  { what: "two slashes after a hook's path", line: "POST /jumio/validate//", status: 404 },
  { what: "two slashes in a hook's path", line: "POST /jumio//validate", status: 404 },
  { what: "dots that lead to a hook's path", line: "POST /x/../jumio/validate", status: 404 },
  { what: "another case of a hook's path", line: "POST /jumio/Validate", status: 404 },
  { what: "two slashes before the callback's path", line: "POST //jumio/callback", status: 404 },
  { what: "a slash after the callback's path", line: "POST /jumio/callback/", status: 404 },
  { what: "the method TRACE", line: "TRACE /health", status: 405 },
  { what: "an unknown method", line: "BREW /jumio/validate", status: 405 },
  { what: "a null byte in the path", line: "POST /jumio/callback/%00", status: 415 },
  {
    what: "bad escapes in the query",
    line: "GET /jumio/verify?token=%ff%00&token=%zz",
    status: 403,
  },
  {
    what: "a byte that is not ASCII in the secret",
    line: "POST /jumio/validate",
    headers: ["Host: a", "X-Webhook-Secret: \xff"],
    status: 401,
  },
  {
    what: "a byte that is not ASCII in the content type",
    line: "POST /jumio/validate",
    headers: ["Host: a", SECRET, `${JSON_TYPE};\xff`],
    body: "\xff",
    status: 400,
  },
  {
    what: "a body that is not UTF-8",
    line: "POST /jumio/validate",
    headers: ["Host: a", SECRET, JSON_TYPE],
    body: "\xff\x00{}",
    status: 400,
  },
  {
    what: "a body with a content encoding",
    line: "POST /jumio/validate",
    headers: ["Host: a", SECRET, JSON_TYPE, "Content-Encoding: gzip"],
    body: "{}",
    status: 415,
  },
  {
    what: "a byte that is not ASCII in the signature",
    line: "POST /jumio/callback",
    headers: ["Host: a", JSON_TYPE, "X-Jumio-Signature: \xff"],
    body: "{}",
    status: 401,
  },
];

Deno.test("no malformed request is answered by a 5xx", async (t) => {
  const port = getFreePort();
  const env = {
    ...START_ENV,
    "JUMIO_CALLBACK_SECRET": "callback-secret",
    "PORT": String(port),
    "LOG_LEVEL": "debug",
  };
  const service = await startService({ root: ROOT, env, stdout: "null", stderr: "null" });
  await service.ready(`http://127.0.0.1:${port}`);

  for (const request of REQUESTS) {
    await t.step(`${request.what} is answered by ${request.status}`, async () => {
      const { status } = await sendRaw(port, request);

      assert.equal(status, request.status);
    });
  }

  await service.stop();
});
