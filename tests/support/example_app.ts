// SPDX-License-Identifier: Apache-2.0
import { Webhook } from "standardwebhooks";
import { createApp } from "../../examples/app/main.ts";

const APP_URL = "http://app.example.com";
/** The secrets of the application, the newest first. */
export const EVENTS_SECRETS = ["the newer secret, 24 byte", "the older secret, 24 byte"]
  .map((text) => `whsec_${btoa(text)}`);

/** A session of Ory, of somebody with this metadata. */
export function answerSession(metadata: unknown): Response {
  const identity = {
    id: "ada",
    traits: { email: "ada@example.com" },
    "metadata_public": metadata,
  };
  return Response.json({ active: true, identity });
}

/** Sends requests to the example application, as somebody with a cookie. */
export interface ExampleApp {
  readonly fetch: (request: Request) => Promise<Response>;
  get(path: string): Promise<Response>;
  post(path: string, init?: RequestInit): Promise<Response>;
}

/** The example application with an Ory that answers as the script says. */
export function createExampleApp(
  script: { answer: (url: URL) => Response | Promise<Response> },
): ExampleApp {
  const app = createApp({
    oryUrl: "http://ory.example.com",
    eventsSecrets: EVENTS_SECRETS,
    fetch: async (input) => await script.answer(new URL(new Request(input).url)),
  });
  return {
    fetch: app,
    get: (path) => app(new Request(APP_URL + path, { headers: { cookie: "session=1" } })),
    post: (path, init) => app(new Request(APP_URL + path, { method: "POST", ...init })),
  };
}

/** An event as the service sends it. */
export function createEvent(
  data: Record<string, unknown>,
  { secret = EVENTS_SECRETS[0] ?? "", at = new Date(), type = "verification.changed" }: {
    secret?: string;
    at?: Date;
    type?: string;
  } = {},
): { headers: Record<string, string>; body: string } {
  const body = JSON.stringify({ type, timestamp: at.toISOString(), data });
  const id = `msg_${crypto.randomUUID()}`;
  return {
    headers: {
      "content-type": "application/json",
      "content-length": String(new TextEncoder().encode(body).length),
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
      "webhook-signature": new Webhook(secret).sign(id, at, body),
    },
    body,
  };
}
