// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { SimulatedIdentity } from "../simulators/kratos/simulator.ts";
import { trackIdentities } from "./identity_changes.ts";

const ADA: SimulatedIdentity = {
  id: "ada",
  "schema_id": "person",
  state: "active",
  traits: { email: "ada@example.com" },
  "metadata_public": null,
  "metadata_admin": null,
  "created_at": "2026-01-02T03:04:05Z",
  "updated_at": "2026-01-02T03:04:05Z",
};

Deno.test("trackIdentities() returns an identity when it is new and when it changes", () => {
  const ada = structuredClone(ADA);
  const identities = new Map([[ada.id, ada]]);
  const changes = trackIdentities(identities);

  const first = changes.update();
  const unchanged = changes.update();
  ada.state = "inactive";
  const second = changes.update();

  assert.deepEqual(first, [{ identity: ADA, before: undefined }]);
  assert.deepEqual(unchanged, []);
  assert.deepEqual(second, [{ identity: { ...ADA, state: "inactive" }, before: ADA }]);
});

Deno.test("trackIdentities() remembers each identity as it was before its last change", () => {
  const ada = structuredClone(ADA);
  const changes = trackIdentities(new Map([[ada.id, ada]]));
  changes.update();
  const beforeAnyChange = changes.before("ada");
  ada.state = "inactive";

  changes.update();

  assert.equal(beforeAnyChange, undefined);
  assert.deepEqual(changes.before("ada"), ADA);
});
