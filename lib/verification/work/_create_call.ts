// SPDX-License-Identifier: Apache-2.0
import { HOLD_MS, type Permit } from "./_may_create.ts";
import { linkLifetime, saveToken, type StartRun } from "./_started.ts";
import { createCallbackToken } from "../callback_token.ts";
import { countCall, type CreateCall, type CreateCalls, takeBackCall } from "../create_calls.ts";
import { START } from "../job_kinds.ts";
import type { Verification } from "../rows.ts";
import { type Breaker, breakerKey, isOpen, noteOutcome } from "../../jobs/breaker.ts";
import { mayHaveStarted, type Started } from "../../jumio/client.ts";
import { updateRows } from "../../kv/update.ts";
import { mergeWrites, type Row } from "../../kv/write.ts";
import { describeError } from "../../log.ts";
import { UpstreamError } from "../../upstream/error.ts";

/**
 * Creates an execution at Jumio. The call is counted for its person before it is made. If it fails
 * in a way that excludes that Jumio has made something, it is taken back.
 *
 * @returns Undefined if the permit or the record does not hold any more: nothing was called.
 * @throws {UpstreamError} If Jumio's answer names nothing that was made.
 */
export async function createExecution(
  { accountId, record, permit, run }: {
    accountId: string | null;
    /** What the start was decided by. Nothing is made if it has changed since, by an adoption. */
    record: Row<Verification>;
    permit: Permit;
    run: StartRun;
  },
): Promise<{ readonly started: Started; readonly tokenHash: string | null } | undefined> {
  const { job, options: { store, jumio, publicUrl, now } } = run;
  const token = publicUrl === undefined ? undefined : await createCallbackToken();
  const at = now();
  const tokenHash = token?.tokenHash ?? null;
  const call: CreateCall = { at, tokenHash };
  const { isProbe } = permit;
  const isCounted = await store.commit(mergeWrites(
    { checks: [record] },
    permit.write,
    countCall(permit.calls, { call, isProbe, now: at }),
    token === undefined ? {} : saveToken(token, null, run),
  ));
  if (!isCounted) return undefined;
  try {
    const started = await jumio.startWorkflow({
      identityId: job.id,
      accountId: accountId ?? undefined,
      callbackUrl: token && `${publicUrl}/jumio/callback/${token.token}`,
      tokenLifetime: linkLifetime({ publicUrl }).jumio,
      web: publicUrl === undefined
        ? undefined
        : { returnUrl: `${publicUrl}/jumio/verify/return`, locale: job.data.locale },
    });
    await tellBreaker({ isFailed: false }, run);
    return { started, tokenHash };
  } catch (error) {
    if (error instanceof UpstreamError && !mayHaveStarted(error)) {
      await takeBack(permit.calls.key, { call, isProbe, run });
    } else {
      await tellBreaker({ isFailed: true }, run);
    }
    throw error;
  }
}

async function takeBack(
  key: Deno.KvKey,
  { call, isProbe, run: { options: { store } } }: {
    call: CreateCall;
    isProbe: boolean;
    run: StartRun;
  },
): Promise<void> {
  await updateRows(store, {
    action: "take back a create call",
    build: async () => ({
      write: takeBackCall(await store.get<CreateCalls>(key), { call, isProbe }),
      outcome: undefined,
    }),
  });
}

/** Does not throw: what Jumio has made must be recorded, and a failure has its own reason. */
async function tellBreaker(
  { isFailed }: { isFailed: boolean },
  { job, options: { store, now, log } }: StartRun,
): Promise<void> {
  try {
    const change = await updateRows(store, {
      action: "tell the breaker",
      async build() {
        const row = await store.get<Breaker>(breakerKey(START));
        const next = noteOutcome(row.value, { isFailed, now: now() });
        const outcome = { wasOpen: isOpen(row.value), isOpen: isOpen(next) };
        if (row.value === null && next === null) return { outcome };
        const write = next === null
          ? { checks: [row], deletes: [row.key] }
          : { checks: [row], sets: [{ key: row.key, value: next }] };
        return { write, outcome };
      },
    });
    const fields = { identityId: job.id, probeEveryMs: HOLD_MS };
    if (change.isOpen && !change.wasOpen) {
      log.error("Most create calls fail: starts wait, and one in a minute is tried", fields);
    }
    if (change.wasOpen && !change.isOpen) log.warn("A create call succeeded: starts go on", fields);
  } catch (error) {
    log.warn("Cannot tell the breaker how a create call ended", describeError(error));
  }
}
