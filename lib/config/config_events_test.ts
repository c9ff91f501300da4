// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parseConfig } from "./config.ts";
import { ConfigError } from "./error.ts";

/** A complete environment without events. */
const SAMPLE = {
  "ORY_WEBHOOK_SECRET": "short-one",
  "KRATOS_ADMIN_URL": "https://slug.projects.oryapis.com",
  "ORY_API_KEY": "ory_pat_x",
  "JUMIO_AUTH_URL": "https://auth.emea-1.jumio.ai/oauth2/token",
  "JUMIO_API_BASE_URL": "https://api.emea-1.jumio.ai/api/v1",
  "JUMIO_CLIENT_ID": "client",
  "JUMIO_CLIENT_SECRET": "client-secret",
};

function problems(changes: Record<string, string>): readonly string[] {
  try {
    parseConfig({ ...SAMPLE, ...changes });
    return [];
  } catch (error) {
    assert(error instanceof ConfigError);
    return error.problems;
  }
}

const EVENTS_SECRET = `whsec_${new Uint8Array(32).toBase64()}`;

Deno.test("parseConfig() takes an EVENTS_URL and several EVENTS_SECRETs", () => {
  const config = parseConfig({
    ...SAMPLE,
    "EVENTS_URL": "https://app.example.com/events?from=jumio",
    "EVENTS_SECRET": `${EVENTS_SECRET} whsec_${new Uint8Array(24).toBase64()}`,
  });

  assert.equal(config.events.receiver?.keys.length, 2);
  assert.equal(config.events.receiver.url.href, "https://app.example.com/events?from=jumio");
});

const EVENT_PROBLEMS: readonly [Record<string, string>, string][] = [
  [{ "EVENTS_URL": "https://a.example" }, "EVENTS_SECRET is missing, because EVENTS_URL is set"],
  [{ "EVENTS_SECRET": EVENTS_SECRET }, "EVENTS_URL is missing, because EVENTS_SECRET is set"],
  [
    { "EVENTS_URL": "https://a.example", "EVENTS_SECRET": "whsec_short" },
    "EVENTS_SECRET must be whsec_ and 24 to 64 bytes in base64, in each of its values",
  ],
  ...["http://a.example", "https://u:p@a.example", "https://a.example/#x", "a.example"].map((
    url,
  ): [Record<string, string>, string] => [
    { "EVENTS_URL": url, "EVENTS_SECRET": EVENTS_SECRET },
    "EVENTS_URL must be an address that begins with https:// (http:// on a loopback address), " +
    "without user, password or fragment",
  ]),
];

for (const [env, problem] of EVENT_PROBLEMS) {
  Deno.test(`parseConfig() refuses ${Object.values(env).join(" with ")} for events`, () => {
    assert.deepEqual(problems(env), [problem]);
  });
}
