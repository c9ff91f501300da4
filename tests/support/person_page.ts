// SPDX-License-Identifier: Apache-2.0
import type { OryActions } from "../../cli/kratos_config/ory_actions.ts";
import { createLink } from "../../lib/verification/link.ts";
import assert from "node:assert/strict";
import { createActions, createTestContext, type TestContext } from "./context.ts";

/** The address of the service in tests. */
export const SERVICE = "https://kyc.example.com";

/** Creates a service whose rate limit delays no start. */
export function createPersonService(
  { env = {}, ...options }: Parameters<typeof createTestContext>[0] = {},
): Promise<TestContext> {
  return createTestContext({ env: { "JUMIO_STARTS_PER_SECOND": "1000", ...env }, ...options });
}

/** Reads the title that a person sees. */
export async function readTitle(response: Response): Promise<string> {
  return /<h1>([^<]*)<\/h1>/.exec(await response.text())?.[1] ?? "";
}

/** Opens the person's page, and returns its title. */
export async function showPage(service: TestContext, identityId: string): Promise<string> {
  return await readTitle(await service.send(service.link(identityId)));
}

/** Sends the button's form, and returns the address that it redirects to, or the page's title. */
export async function followButton(service: TestContext, identityId: string): Promise<string> {
  const response = await service.follow(identityId);
  return response.headers.get("location") ?? await readTitle(response);
}

/** Finishes the newest execution, and does the work that follows. */
export async function finishExecution(
  service: TestContext,
  outcome: Parameters<TestContext["jumio"]["finish"]>[1],
): Promise<void> {
  await service.jumio.finish(service.jumio.executions.at(-1)?.id ?? "", outcome);
  await service.advance(1_000);
}

/** Sends the button's form with a valid link for an identity that has none in its metadata. */
export async function continueUnknown(service: TestContext, identityId: string): Promise<Response> {
  const { link: settings } = service.context.config.address;
  assert(settings);
  const options = { ...settings, publicUrl: SERVICE, issuedAt: service.clock.now };
  const url = new URL(await createLink(identityId, options));
  return await service.send("/jumio/verify", {
    method: "POST",
    redirect: "manual",
    headers: { "origin": SERVICE },
    body: url.searchParams,
  });
}

/** Deletes all rows, as a loss of KV would. */
export async function forgetEverything({ store }: TestContext): Promise<void> {
  const rows = await store.list({ prefix: [] }, { limit: 100 });
  await store.commit({ deletes: rows.map(({ key }) => key) });
}

/** Kratos without the hook: for people who registered before the setup, or while this service was down. */
export function withoutRegistrationHook(): OryActions {
  const actions = createActions();
  return {
    selfservice: { flows: { ...actions.selfservice.flows, registration: { after: {} } } },
  };
}
