// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Fleet } from "../../sandbox/processes/fleet.ts";
import { metadataOf, registerPerson, startFleet } from "../../sandbox/processes/fleet.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { OPERATOR_SECRET } from "../support/operator_api.ts";

const FLEET = {
  instances: 1,
  kvPath: ":memory:",
  env: { "JUMIO_STARTS_PER_SECOND": "100", "OPERATOR_SECRET": OPERATOR_SECRET },
} as const;

/** Submits the form of a person's page, as a browser does. Returns where it leads. */
async function press({ urls: [url = ""] }: Fleet, link: string): Promise<string | null> {
  const response = await fetch(`${url}/jumio/verify`, {
    method: "POST",
    redirect: "manual",
    headers: { origin: url },
    body: new URL(link).searchParams,
  });
  await response.body?.cancel();
  return response.headers.get("location");
}

async function waitForStatus(fleet: Fleet, identityId: string, status: string): Promise<void> {
  await waitUntil(
    `the identity is ${status}`,
    () => metadataOf(fleet, identityId)["status"] === status,
  );
}

Deno.test("a person whose account Jumio has deleted gets another one with one press", async () => {
  await using fleet = await startFleet(FLEET);
  const { jumio } = fleet;
  const { identityId, link } = await registerPerson(fleet);
  await waitUntil("the execution is started", () => jumio.executions.length === 1);
  const [first] = jumio.executions;
  await jumio.finish(first?.id ?? "", "abandoned");
  await waitForStatus(fleet, identityId, "expired");
  jumio.deleteAccount(first?.accountId ?? "");

  const location = await press(fleet, link);
  const [, second] = jumio.executions;
  await jumio.finish(second?.id ?? "", "passed");
  await waitForStatus(fleet, identityId, "verified");

  assert.equal(location, second?.href);
  assert.notEqual(second?.accountId, first?.accountId);
  assert.equal(metadataOf(fleet, identityId)["account_id"], second?.accountId);
});

Deno.test("a person whose result names another account starts again, with all ids in upper case", async () => {
  await using fleet = await startFleet(FLEET);
  const { jumio, urls: [url = ""] } = fleet;
  jumio.faults.upperCase = true;
  jumio.faults.details = "of another account";
  const { identityId, link } = await registerPerson(fleet);
  await waitUntil("the execution is started", () => jumio.executions.length === 1);
  const [first] = jumio.executions;
  await jumio.finish(first?.id ?? "", "passed");
  const headers = { authorization: `Bearer ${OPERATOR_SECRET}` };
  const letter = `${url}/operator/dead-letters/check/${first?.id.toUpperCase()}`;
  await waitUntil("the check is a dead letter", async () => {
    const response = await fetch(letter, { headers });
    return (await response.text()).includes("read_back_mismatch");
  });

  const page = await (await fetch(link)).text();
  jumio.faults.details = undefined;
  const location = await press(fleet, link);
  const [, second] = jumio.executions;
  await jumio.finish(second?.id ?? "", "passed");
  await waitForStatus(fleet, identityId, "verified");

  assert.match(page, /The check could not be completed/);
  assert.equal(location, second?.href);
  assert.equal(second?.accountId, first?.accountId);
});
