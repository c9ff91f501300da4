// SPDX-License-Identifier: Apache-2.0
import { type Verification, verificationKey } from "../../lib/verification/rows.ts";
import type { ActionOf } from "./actions.ts";
import type { History } from "./history.ts";
import { readRow } from "./rows.ts";
import { identityOf, type ModelState, storedIdentities } from "./state.ts";
import { KRATOS } from "./upstreams.ts";

/** A program outside writes all of an identity's `metadata_public`. */
export async function overwriteMetadata(
  state: ModelState,
  { person, by, copy }: ActionOf<"overwrite">,
): Promise<void> {
  const { kratos, history } = state;
  const identityId = identityOf(state, person);
  const identity = Object(storedIdentities(state).get(identityId));
  const written = describeOverwriting(state, { identityId, by, copy });
  if (written === undefined) return;
  const { "schema_id": schema, state: active, traits } = identity;
  const response = await kratos.fetch(
    new Request(`${KRATOS}/admin/identities/${identityId}`, {
      method: "PUT",
      body: JSON.stringify({ "schema_id": schema, state: active, traits, ...written }),
    }),
  );
  await response.body?.cancel();
  if (!response.ok) return;
  history.overwritten.add(identityId);
  noteOverwritten(history, { identityId, metadata: written["metadata_public"] });
}

/** Notes that a program outside has written all of an identity's `metadata_public`. */
export function noteOverwritten(
  { excuses, falselyVerified }: History,
  { identityId, metadata }: { identityId: string; metadata: unknown },
): void {
  // Our last write is lost, so one more is needed.
  excuses.lostPatches++;
  const isVerified = Object(Object(metadata).jumio).status === "verified";
  if (isVerified) falselyVerified.add(identityId);
  else falselyVerified.delete(identityId);
}

/** The metadata in the body of a PUT. Undefined if this program has nothing to write now. */
function describeOverwriting(
  state: ModelState,
  { identityId, by, copy }: { identityId: string } & Pick<ActionOf<"overwrite">, "by" | "copy">,
): { readonly "metadata_public"?: unknown } | undefined {
  const { shared, history } = state;
  const copies = history.copies.get(identityId) ?? [];
  switch (by) {
    case "nothing":
      return {};
    case "string":
      return { "metadata_public": "overwritten" };
    case "array":
      return { "metadata_public": ["overwritten"] };
    case "old copy":
      // Nothing heals a copy that is put back after an erasure: we keep nothing to compare it with.
      return copies.length === 0 || history.erasing.has(identityId)
        ? undefined
        : { "metadata_public": copies[copy % copies.length] };
    case "verified": {
      const record = readRow<Verification>(shared, verificationKey(identityId));
      if (record?.status !== "rejected" || history.erasing.has(identityId)) return undefined;
      const { jumio } = Object(copies.at(-1));
      return { "metadata_public": { jumio: { ...jumio, status: "verified", verdict: "PASSED" } } };
    }
  }
}
