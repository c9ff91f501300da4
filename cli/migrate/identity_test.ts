// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createSecret } from "../../lib/crypto/secret.ts";
import type { CallUpstream, UpstreamCall } from "../../lib/upstream/call.ts";
import { UpstreamError } from "../../lib/upstream/error.ts";
import type { JumioMetadata } from "../../lib/kratos/metadata.ts";
import { createMigrateIdentity, type MigrateOutcome } from "./identity.ts";

const METADATA: JumioMetadata = {
  "status": "verified",
  "verdict": "PASSED",
  "account_id": null,
  "workflow_execution_id": null,
  "verification_url": null,
  "initiated_at": null,
  "decided_at": null,
};

const IDENTITY = {
  id: "ada",
  createdAt: undefined,
  jumio: undefined,
  flatPublic: { "jumio_status": "verified", "jumio_a/b~c": 1 },
  flatAdmin: { "jumio_token": "t" },
};

/** Migrates one identity whose `jumio` is `current`; Kratos answers the patch with `status`. */
async function migrate(
  { current = null, status = 200, ...options }: {
    current?: JumioMetadata | null | undefined;
    status?: number;
    metadata?: JumioMetadata | undefined;
    dropsFlat?: boolean;
    attempt?: number;
  },
): Promise<{ outcome: MigrateOutcome; patches: readonly UpstreamCall[] }> {
  const patches: UpstreamCall[] = [];
  const call: CallUpstream = (request) => {
    patches.push(request);
    const { upstream, action } = request;
    return Promise.resolve({
      upstream,
      action,
      status,
      json: {},
      retryAfterMs: undefined,
      link: undefined,
    });
  };
  const migrateIdentity = createMigrateIdentity({
    adminUrl: new URL("http://kratos:4434/"),
    apiKey: createSecret("api-key"),
    call,
    kratos: {
      getJumioMetadata: () => Promise.resolve(current),
      patchJumioMetadata: () => Promise.reject(new Error("Not used")),
      getMetadataPublic: () => Promise.reject(new Error("Not used")),
      replaceMetadataPublic: () => Promise.reject(new Error("Not used")),
      deleteSessions: () => Promise.reject(new Error("Not used")),
    },
  });
  const outcome = await migrateIdentity(IDENTITY, {
    metadata: METADATA,
    dropsFlat: false,
    attempt: 1,
    ...options,
  });
  return { outcome, patches };
}

Deno.test("migrateIdentity() adds jumio with one patch", async () => {
  const { outcome, patches } = await migrate({});

  assert.equal(outcome, "migrated");
  assert.deepEqual(patches.map(({ method, url }) => [method, url.href]), [
    ["PATCH", "http://kratos:4434/admin/identities/ada"],
  ]);
  assert.deepEqual(JSON.parse(patches[0]?.body ?? ""), [
    { op: "add", path: "/metadata_public/jumio", value: METADATA },
  ]);
});

Deno.test("migrateIdentity() removes the flat keys in the same patch", async () => {
  const { patches } = await migrate({ dropsFlat: true });

  assert.deepEqual(JSON.parse(patches[0]?.body ?? "").slice(1), [
    { op: "remove", path: "/metadata_public/jumio_status" },
    { op: "remove", path: "/metadata_public/jumio_a~1b~0c" },
    { op: "remove", path: "/metadata_admin/jumio_token" },
  ]);
});

Deno.test("migrateIdentity() only removes flat keys without metadata", async () => {
  const { outcome, patches } = await migrate({ metadata: undefined, dropsFlat: true });

  assert.equal(outcome, "migrated");
  assert.equal(JSON.parse(patches[0]?.body ?? "").length, 3);
});

for (
  const [name, options, expected] of [
    ["jumio exists", { current: { ...METADATA, status: "rejected" } }, "has_jumio"],
    ["the same jumio exists at the first attempt", { current: METADATA }, "has_jumio"],
    ["a lost attempt wrote jumio", { current: METADATA, attempt: 2 }, "migrated"],
  ] as const
) {
  Deno.test(`migrateIdentity() patches nothing and returns ${expected} if ${name}`, async () => {
    const { outcome, patches } = await migrate(options);

    assert.deepEqual([outcome, patches], [expected, []]);
  });
}

Deno.test("migrateIdentity() returns gone if the identity was deleted before the patch", async () => {
  assert.equal((await migrate({ status: 404 })).outcome, "gone");
});

Deno.test("migrateIdentity() throws an UpstreamError if Kratos refuses the patch", async () => {
  await assert.rejects(migrate({ status: 400 }), UpstreamError);
});
