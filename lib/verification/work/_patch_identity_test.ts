// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { concludeRefused, patchIdentity } from "./_patch_identity.ts";
import type { JumioMetadata } from "../../kratos/metadata.ts";
import { UpstreamError } from "../../upstream/error.ts";
import { createTestLog } from "../../../tests/support/memory_store.ts";
import { IDENTITY_ID } from "../../../tests/support/verification_rows.ts";

const METADATA: JumioMetadata = { status: "rejected", verdict: "FAILED" };

/** Runs a patch that Ory refuses, as often as `refusals` says. */
async function run(
  { status, found, replaced = true, refusals = Infinity }: {
    status: number;
    found: { value: unknown } | undefined;
    replaced?: boolean | Error;
    refusals?: number;
  },
) {
  const written: unknown[] = [];
  const { log, lines } = createTestLog();
  const refusal = new UpstreamError("kratos", "status", { action: "patch an identity", status });
  const kratos = {
    patchJumioMetadata: () => refusals-- > 0 ? Promise.reject(refusal) : Promise.resolve(true),
    getMetadataPublic: () => Promise.resolve(found),
    replaceMetadataPublic(_id: string, value: unknown) {
      written.push(value);
      return replaced instanceof Error ? Promise.reject(replaced) : Promise.resolve(replaced);
    },
  };
  const work = patchIdentity(IDENTITY_ID, METADATA, { kratos, log });
  return { patched: await work, written, lines };
}

for (const value of ["text", ["a", "list"], 7, null, undefined]) {
  Deno.test(`patchIdentity() replaces metadata that is ${JSON.stringify(value)} by an object`, async () => {
    const { patched, written, lines } = await run({ status: 400, found: { value } });

    assert.deepEqual([patched, written], [{ kind: "patched" }, [{ jumio: METADATA }]]);
    assert.match(lines.join(), /"level":"warn".*Replaced metadata_public/);
  });
}

for (const status of [400, 409, 422]) {
  Deno.test(`patchIdentity() gives up at once if Ory answers ${status} to a patch of an object`, async () => {
    const { patched, written } = await run({ status, found: { value: { plan: "gold" } } });

    assert.deepEqual([patched, written], [{ kind: "refused", status }, []]);
    assert(patched.kind === "refused");
    assert.deepEqual(concludeRefused(patched), { kind: "dead", reason: "patch_refused", status });
  });
}

for (const status of [401, 403, 429, 500, 503]) {
  Deno.test(`patchIdentity() leaves a ${status} to the schedule`, async () => {
    await assert.rejects(run({ status, found: { value: "text" } }), { status });
  });
}

Deno.test("patchIdentity() finds that the identity was deleted meanwhile", async () => {
  const { patched, written } = await run({ status: 400, found: undefined });

  assert.deepEqual([patched, written], [{ kind: "gone" }, []]);
});

Deno.test("patchIdentity() patches again where another program made metadata_public an object meanwhile", async () => {
  const { patched, written } = await run({
    status: 400,
    found: { value: { plan: "gold" } },
    refusals: 1,
  });

  assert.deepEqual([patched, written], [{ kind: "patched" }, []]);
});
