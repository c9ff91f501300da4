import { tombstoneKey } from "./accept/erasure.ts";
import type { Kratos } from "../kratos/client.ts";
import type { JumioMetadata } from "../kratos/metadata.ts";
import { parseTimestamp } from "../timestamp.ts";
import { acceptStart } from "./accept/start.ts";
import type { Store } from "../kv/store.ts";
import { mergeWrites } from "../kv/write.ts";
import { VERIFICATION_STATUSES } from "./verdict.ts";
import {
  createVerification,
  type Execution,
  executionKey,
  identityExecutionKey,
  saveVerification,
  type Verification,
  verificationKey,
} from "./rows.ts";

/**
 * Takes up a person of whom we have no record, by what their identity says: who was decided about
 * stays decided even if KV was lost, and who was never heard of is started. False without the
 * identity.
 */
export async function adopt(
  identityId: string,
  { store, kratos, now }: { store: Store; kratos: Kratos; now: () => number },
): Promise<boolean> {
  const metadata = await kratos.getJumioMetadata(identityId);
  if (metadata === undefined) return false;
  await adoptAs(metadata, { identityId, store, now: now() });
  return true;
}

/** Takes up a person whose identity is at hand. Changes nothing where there is a record. */
export async function adoptAs(
  metadata: JumioMetadata | null,
  { identityId, store, now }: { identityId: string; store: Store; now: number },
): Promise<void> {
  const status = VERIFICATION_STATUSES.find((known) => known === metadata?.status);
  const accountId = metadata?.["account_id"] ?? null;
  const workflowExecutionId = metadata?.["workflow_execution_id"] ?? null;
  const isDecided = status === "verified" || status === "review" || status === "rejected";
  if (status === undefined || (!isDecided && workflowExecutionId === null)) {
    await acceptStart(store, { identityId, now });
    return;
  }
  const initiatedAt = parseTimestamp(metadata?.["initiated_at"]);
  const verdict = (["PASSED", "WARNING", "FAILED"] as const)
    .find((known) => known === metadata?.verdict) ?? null;
  const verification: Verification = {
    ...createVerification(identityId, { now }),
    status,
    verdict,
    accountId,
    workflowExecutionId,
    initiatedAt,
    decidedAt: parseTimestamp(metadata?.["decided_at"]),
  };
  const nothing = { key: verificationKey(identityId), value: null, versionstamp: null };
  // Who was erased is not taken up again by a link that still works.
  const checks = [{ key: tombstoneKey(identityId), versionstamp: null }];
  const sets: { key: Deno.KvKey; value: unknown }[] = [];
  if (!isDecided && workflowExecutionId !== null && accountId !== null) {
    const execution: Execution = {
      v: 1,
      identityId,
      accountId,
      callbackTokenHash: null,
      createdAt: initiatedAt ?? now,
      openedAt: null,
      settled: null,
    };
    checks.push({ key: executionKey(workflowExecutionId), versionstamp: null });
    sets.push(
      { key: executionKey(workflowExecutionId), value: execution },
      {
        key: identityExecutionKey(identityId, execution.createdAt, workflowExecutionId),
        value: null,
      },
    );
  }
  // Whoever was faster has a record that is as good.
  await store.commit(mergeWrites(saveVerification(nothing, verification), { checks, sets }));
}
