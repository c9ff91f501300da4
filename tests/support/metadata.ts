// SPDX-License-Identifier: Apache-2.0
import type { TestContext } from "./context.ts";

/** Writes `metadata_public` of an identity as a whole, as another program with access to Ory can. */
export async function writeMetadataPublic(
  { fetch, env }: TestContext,
  { identityId, value }: { identityId: string; value: unknown },
): Promise<void> {
  const response = await fetch(`${env["KRATOS_ADMIN_URL"]}/admin/identities/${identityId}`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify([{ op: "replace", path: "/metadata_public", value }]),
  });
  if (!response.ok) throw new Error(`Cannot write metadata: status ${response.status}`);
}

/** Writes `metadata_public.jumio`. */
export async function writeJumio(
  service: TestContext,
  { identityId, jumio }: { identityId: string; jumio: unknown },
): Promise<void> {
  await writeMetadataPublic(service, { identityId, value: { jumio } });
}
