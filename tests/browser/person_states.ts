// SPDX-License-Identifier: Apache-2.0
import { parseConfig } from "../../lib/config/config.ts";
import {
  PERSON_PAGES,
  type PersonPageName,
  renderPersonPage,
} from "../../routes/person/person_page.ts";
import { getFreePort } from "../../sandbox/processes/loopback.ts";

/** The pages for people without a service behind them, so that a test chooses the state. */
export interface PersonStates extends AsyncDisposable {
  /** A page of this state that stays. */
  url(name: string): string;
  /** The person's page, in the state of `state`. */
  readonly link: string;
  state: PersonPageName;
  /** How often the button's form was sent. Its answer is the state, as soon as `answer()` is called. */
  presses: number;
  answer(): void;
}

/** Serves each page in each state. */
export function servePersonStates(
  { appUrl = "mybank://verified" }: { appUrl?: string } = {},
): PersonStates {
  const port = getFreePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const config = parseConfig({ ...SETTINGS, "PUBLIC_URL": publicUrl, "APP_URL": appUrl });
  const { promise, resolve } = Promise.withResolvers<void>();
  const show = (name: PersonPageName, request: Request) =>
    renderPersonPage(name, { request, config, token: "token" });
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, async (request) => {
    const path = new URL(request.url).pathname;
    const name = PERSON_PAGES.find((known) => path === `/${known}`);
    if (name !== undefined) return await show(name, request);
    if (path !== "/jumio/verify") return new Response(null, { status: 404 });
    if (request.method === "POST") {
      states.presses++;
      await promise;
    }
    return await show(states.state, request);
  });
  const states: PersonStates = {
    url: (name) => `${publicUrl}/${name}`,
    link: `${publicUrl}/jumio/verify?token=token`,
    state: "ready",
    presses: 0,
    answer: resolve,
    async [Symbol.asyncDispose]() {
      resolve();
      await server.shutdown();
    },
  };
  return states;
}

const SETTINGS = {
  "ORY_WEBHOOK_SECRET": "only-for-tests-0123456789abcdef0123",
  "KRATOS_ADMIN_URL": "http://127.0.0.1:1",
  "JUMIO_AUTH_URL": "http://127.0.0.1:1",
  "JUMIO_API_BASE_URL": "http://127.0.0.1:1",
  "JUMIO_CLIENT_ID": "client",
  "JUMIO_CLIENT_SECRET": "secret",
  "BRAND_NAME": "Example Bank",
  "SUPPORT_URL": "https://example.com/help",
  "PRIVACY_URL": "https://example.com/privacy",
};
