import * as z from "zod";
import type { Context } from "../lib/context.ts";
import { type Operation, WITHOUT_KV } from "../lib/http/openapi.ts";
import { problem } from "../lib/http/refusal.ts";

/** Whether the process is up: 200 as soon as it listens. Load balancers route by this. */
export function health(): Response {
  return Response.json({ status: "up" });
}

/** Whether KV answers: for alerts and deployment gates. Sign-ins go on without it. */
export async function ready(_request: Request, { store, log }: Context): Promise<Response> {
  try {
    await store.get(["ready"]);
    return Response.json({ status: "ready" });
  } catch {
    // The reason is in the line that the store's next user logs; here it is yes or no.
    log.warn("Not ready: KV does not answer");
    return problem({ status: 503, title: "Not ready", detail: "KV does not answer" });
  }
}

/** For `GET /openapi.json`. */
export function describeHealth(): { GET: Operation } {
  const schema = z.object({ status: z.literal("up") });
  return {
    GET: {
      summary: "Whether the process is up. Load balancers route by this",
      answers: [{ status: 200, description: "It is", schema }],
    },
  };
}

/** For `GET /openapi.json`. */
export function describeReady(): { GET: Operation } {
  const schema = z.object({ status: z.literal("ready") });
  return {
    GET: {
      summary: "Whether KV answers, for alerts and deployment gates",
      answers: [{ status: 200, description: "It does", schema }, WITHOUT_KV],
    },
  };
}
