// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { JumioMetadata } from "../kratos/metadata.ts";
import { UpstreamError } from "../upstream/error.ts";
import type { Verification } from "../verification/rows.ts";
import {
  ACCOUNT_ID,
  createStarted,
  EXECUTION_ID,
  IDENTITY_ID,
  NOW,
} from "../../tests/support/verification_rows.ts";
import { type OryCopy, readOryCopy } from "./ory_copy.ts";

const REJECTED = createStarted({ status: "rejected", verdict: "FAILED", decidedAt: NOW });
const METADATA: JumioMetadata = {
  "status": "rejected",
  "verdict": "FAILED",
  "account_id": ACCOUNT_ID,
  "workflow_execution_id": EXECUTION_ID,
  "decided_at": "2026-01-01T00:00:00Z",
  "verification_url": "https://kyc.example.com/jumio/verify?token=secret",
};

function compare(
  answer: () => JumioMetadata | null | undefined,
  verification: Verification | null = REJECTED,
): Promise<OryCopy> {
  const kratos = { getJumioMetadata: () => Promise.resolve().then(answer) };
  return readOryCopy({ identityId: IDENTITY_ID, verification }, { kratos });
}

Deno.test("readOryCopy() finds no difference in another link or another form of a time", async () => {
  assert.deepEqual(await compare(() => METADATA), { state: "same" });
  assert.deepEqual(await compare(() => ({ ...METADATA, "verification_url": null })), {
    state: "same",
  });
});

Deno.test("readOryCopy() names each field that differs, with both values", async () => {
  const copy = await compare(() => ({ ...METADATA, status: "pending", verdict: null }));

  assert.deepEqual(copy, {
    state: "differs",
    differences: [
      { field: "status", record: "rejected", ory: "pending" },
      { field: "verdict", record: "FAILED", ory: null },
    ],
  });
});

Deno.test("readOryCopy() finds every field different where the metadata is lost", async () => {
  const copy = await compare(() => null);

  assert(copy.state === "differs");
  assert.deepEqual(copy.differences.map(({ record, ory }) => [record, ory]), [
    ["rejected", null],
    ["FAILED", null],
    [ACCOUNT_ID, null],
    [EXECUTION_ID, null],
    ["2026-01-01T00:00:00.000Z", null],
  ]);
});

Deno.test("readOryCopy() shows no text that another program wrote into the metadata", async () => {
  const copy = await compare(() => ({
    ...METADATA,
    status: "grace@example.com",
    verdict: "\x1b[2J",
    "decided_at": "Grace Hopper",
  }));

  assert(copy.state === "differs");
  assert.deepEqual(copy.differences.map(({ ory }) => ory), ["another text", "another text", null]);
});

Deno.test("readOryCopy() says that Ory does not know the identity", async () => {
  assert.deepEqual(await compare(() => undefined), { state: "unknown_identity" });
});

Deno.test("readOryCopy() reads nothing of an erased identity, which has no record to compare", async () => {
  assert.deepEqual(await compare(() => assert.fail("Ory was called"), null), {
    state: "not_compared",
  });
});

for (
  const [reason, status, shown] of [
    ["timeout", undefined, "timeout"],
    ["status", 503, "status 503"],
  ] as const
) {
  Deno.test(`readOryCopy() says that Ory could not be read: ${shown}`, async () => {
    const copy = await compare(() => {
      throw new UpstreamError("kratos", reason, { action: "read an identity", status });
    });

    assert.deepEqual(copy, { state: "unreadable", reason: shown });
  });
}

Deno.test("readOryCopy() does not hide a bug", async () => {
  await assert.rejects(
    compare(() => {
      throw new TypeError("bug");
    }),
    TypeError,
  );
});
