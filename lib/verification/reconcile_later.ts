// SPDX-License-Identifier: Apache-2.0
import { mayDiffer } from "./compare_record.ts";
import { reconcileIdentity, type ReconcileOptions } from "./reconcile_identity.ts";
import { type Verification, verificationKey } from "./rows.ts";
import type { SetTimer } from "../deadline.ts";
import { parseJumioMetadata } from "../kratos/metadata.ts";
import { describeError } from "../log.ts";

/** A person who tries again and again must not cost a read each time. */
const GAP_MS = 60_000;

/** How many identities are remembered, and how many are compared at once. The others come again. */
const MAX_REMEMBERED = 10_000;
const MAX_RUNNING = 16;

/** Compares identities with their records in the background. */
export interface ReconcileLater {
  /**
   * Compares an identity with its record after the present request was answered, at most once a
   * minute. `jumio` is what the identity says: only if the record differs, Ory is asked.
   */
  request(identityId: string, jumio: unknown): void;
  /** Resolves when nothing is compared any more. */
  drain(): Promise<void>;
}

export function createReconcileLater(
  { setTimer, ...options }: ReconcileOptions & { setTimer: SetTimer },
): ReconcileLater {
  const { now } = options;
  /** When an identity was last compared, the oldest first. */
  const comparedAt = new Map<string, number>();
  const running = new Set<Promise<void>>();

  function forgetOld(): void {
    for (const [identityId, at] of comparedAt) {
      if (now() - at < GAP_MS) return;
      comparedAt.delete(identityId);
    }
  }

  return {
    request(identityId, jumio) {
      forgetOld();
      if (comparedAt.has(identityId)) return;
      if (comparedAt.size >= MAX_REMEMBERED || running.size >= MAX_RUNNING) return;
      comparedAt.set(identityId, now());
      const { promise: isAnswered, resolve } = Promise.withResolvers<void>();
      setTimer(resolve, 0);
      const work = isAnswered.then(() => compare(identityId, { jumio, ...options }))
        .finally(() => running.delete(work));
      running.add(work);
    },
    async drain() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

/** Does not throw: the next sign-in or the sweep comes by again. */
async function compare(
  identityId: string,
  { jumio, ...options }: ReconcileOptions & { jumio: unknown },
): Promise<void> {
  const { store, log } = options;
  try {
    const { value: record } = await store.get<Verification>(verificationKey(identityId));
    const metadata = parseJumioMetadata(jumio);
    if (mayDiffer(record, { identityId, metadata })) await reconcileIdentity(identityId, options);
  } catch (error) {
    log.warn("Cannot compare an identity with its record", {
      identityId,
      ...describeError(error),
    });
  }
}
