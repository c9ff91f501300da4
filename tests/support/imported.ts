// SPDX-License-Identifier: Apache-2.0
import type { TestContext } from "./context.ts";

/** Creates identities in Ory without a registration, so that no hook is sent. Gives their ids. */
export async function importIdentities(
  { fetch, env }: TestContext,
  count: number,
): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const traits = { email: `person-${index}@example.com` };
    const response = await fetch(`${env["KRATOS_ADMIN_URL"]}/admin/identities`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ "schema_id": "person", traits }),
    });
    ids.push((await response.json()).id);
  }
  return ids;
}
