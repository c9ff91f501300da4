// SPDX-License-Identifier: Apache-2.0
import { buildReconciliation, hasTombstone, readRows, type Reconciled } from "./reconciliation.ts";
import { type Tombstone, tombstoneKey, type Verification, verificationKey } from "./rows.ts";
import type { Kratos } from "../kratos/client.ts";
import type { JumioMetadata } from "../kratos/metadata.ts";
import type { Store } from "../kv/store.ts";
import { updateRows } from "../kv/update.ts";
import { mergeWrites, type Write } from "../kv/write.ts";
import type { Log } from "../log.ts";

export { RECONCILE_OUTCOMES, type Reconciled, type ReconcileOutcome } from "./reconciliation.ts";

export interface ReconcileOptions extends ReconcileWithOptions {
  readonly kratos: Pick<Kratos, "getJumioMetadata">;
}

export interface ReconcileWithOptions {
  readonly store: Store;
  readonly now: () => number;
  readonly log: Log;
  readonly trace?: string | undefined;
  /** What to commit together with what follows, such as the record of who asked for it. */
  readonly alsoWrite?: (reconciled: Reconciled) => Write;
}

/**
 * Reads an identity once from Ory, compares it with our record, and stores in one write what follows.
 * Everything that repairs a difference calls this.
 */
export async function reconcileIdentity(
  identityId: string,
  { kratos, ...options }: ReconcileOptions,
): Promise<Reconciled> {
  if (await isErased(options.store, identityId)) return { outcome: "erased", differences: [] };
  const metadata = await kratos.getJumioMetadata(identityId);
  if (metadata === undefined) return { outcome: "unknown_identity", differences: [] };
  return await reconcileWith(metadata, { identityId, ...options });
}

/** Does the same with metadata that the caller has just read. Makes no network call. */
export async function reconcileWith(
  metadata: JumioMetadata | null,
  { identityId, ...options }: ReconcileWithOptions & { identityId: string },
): Promise<Reconciled> {
  const { store, log, alsoWrite } = options;
  const reconciled = await updateRows(store, {
    action: "reconcile an identity",
    async build() {
      const rows = await readRows(store, { identityId, metadata });
      const built = { identityId, metadata, ...options, now: options.now() };
      const update = buildReconciliation(rows, built);
      if (alsoWrite === undefined) return update;
      return { ...update, write: mergeWrites(update.write ?? {}, alsoWrite(update.outcome)) };
    },
  });
  const { outcome, differences } = reconciled;
  if (outcome === "published" || outcome === "adopting") {
    logDifference(log, { identityId, outcome, differences });
  }
  return reconciled;
}

function logDifference(
  log: Log,
  { identityId, outcome, differences }: Reconciled & { identityId: string },
): void {
  log.warn("An identity and our record of it differed", {
    identityId,
    outcome,
    differences: differences.join(" "),
  });
}

/**
 * Adopts an identity whose metadata, which the caller has just read, says more than our record. True
 * if so: then the record must not be written to the identity, and nothing must be started.
 */
export async function adoptIfNewer(
  metadata: JumioMetadata | null,
  { identityId, ...options }: ReconcileWithOptions & { identityId: string },
): Promise<boolean> {
  const { store, log } = options;
  const { outcome, differences } = await updateRows<Reconciled>(store, {
    action: "adopt an identity",
    async build() {
      const rows = await readRows(store, { identityId, metadata });
      const built = { identityId, metadata, ...options, now: options.now() };
      const update = buildReconciliation(rows, built);
      return update.outcome.outcome === "adopting" ? update : { outcome: update.outcome };
    },
  });
  if (outcome !== "adopting") return false;
  logDifference(log, { identityId, outcome, differences });
  return true;
}

async function isErased(store: Store, identityId: string): Promise<boolean> {
  const [verification, tombstone] = await store.getMany<[Verification, Tombstone]>([
    verificationKey(identityId),
    tombstoneKey(identityId),
  ]);
  return hasTombstone({ verification, tombstone });
}
