// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { allowedOrigins } from "./clients.ts";
import { parseConfig } from "./config/config.ts";

Deno.test("allowedOrigins() are those of the upstreams and of the application, and no others", () => {
  const config = parseConfig({
    "ORY_WEBHOOK_SECRET": "short-one",
    "KRATOS_ADMIN_URL": "https://slug.projects.oryapis.com",
    "ORY_API_KEY": "ory_pat_x",
    "JUMIO_AUTH_URL": "https://auth.emea-1.jumio.ai/oauth2/token",
    "JUMIO_API_BASE_URL": "https://api.emea-1.jumio.ai/api/v1",
    "JUMIO_CLIENT_ID": "client",
    "JUMIO_CLIENT_SECRET": "client-secret",
    "EVENTS_URL": "https://app.example.com/events?from=jumio",
    "EVENTS_SECRET": `whsec_${new Uint8Array(24).toBase64()}`,
  });
  const upstreams = [
    "https://slug.projects.oryapis.com",
    "https://auth.emea-1.jumio.ai",
    "https://account.emea-1.jumio.ai",
    "https://retrieval.emea-1.jumio.ai",
  ];

  assert.deepEqual([...allowedOrigins(config)], [...upstreams, "https://app.example.com"]);
  assert.deepEqual([...allowedOrigins({ ...config, events: { receiver: undefined } })], upstreams);
});
