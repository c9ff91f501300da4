// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Context } from "../lib/context.ts";
import { WITHOUT_KV } from "../lib/http/openapi.ts";
import { problem } from "../lib/http/refusal.ts";
import { describeError } from "../lib/log.ts";
import { defineRoute, PUBLIC } from "../lib/http/route.ts";
import { UpstreamError } from "../lib/upstream/error.ts";
import { VERSION } from "../lib/upstream/version.ts";

const Health = z.object({ status: z.literal("up"), version: z.string() });

/** 200 as soon as the process listens. Load balancers route by this. */
export const health = defineRoute({
  method: "GET",
  path: "/health",
  summary: "Whether the process is up, for load balancers",
  authentication: PUBLIC,
  answers: [{ status: 200, description: "Up", schema: Health }],
  handle: () => ({ response: Response.json({ status: "up", version: VERSION }) }),
});

/** Whether KV can be written, for alerts and deployment gates. Sign-ins work without KV. */
export const ready = defineRoute({
  method: "GET",
  path: "/ready",
  summary: "Whether KV can be written, for alerts and deployment gates",
  authentication: PUBLIC,
  answers: [
    { status: 200, description: "Ready", schema: z.object({ status: z.literal("ready") }) },
    WITHOUT_KV,
  ],
  async handle(_call, { probeKv, log }: Context) {
    try {
      await probeKv();
      return { response: Response.json({ status: "ready" }) };
    } catch (error) {
      log.warn("Not ready: KV cannot be written", describeError(error));
      const reason = error instanceof UpstreamError ? error.code : undefined;
      const detail = `KV cannot be written${reason === undefined ? "" : `: ${reason}`}`;
      return { response: problem({ status: 503, title: "Not ready", detail, reason }) };
    }
  },
});
