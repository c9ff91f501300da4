// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { writeJumio } from "../../../tests/support/metadata.ts";
import {
  callOperator,
  createOperatedContext,
  createPerson,
} from "../../../tests/support/operator_api.ts";

Deno.test("an identity is shown with each field in which Ory differs, and without its link", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  const jumio = {
    ...service.metadata(identityId),
    status: "grace@example.com",
    "decided_at": "2026-05-04T11:00:00Z",
    "verification_url": "https://elsewhere.example.com/",
  };
  await writeJumio(service, { identityId, jumio });

  const { body } = await callOperator(service, `verifications/${identityId}`);

  assert.deepEqual(body.ory, {
    "state": "differs",
    "reason": null,
    "differences": [
      // Nothing is repeated that another program wrote.
      { "field": "status", "record": "rejected", "ory": "another text" },
      {
        "field": "decided_at",
        "record": "2026-05-04T09:00:00.000Z",
        "ory": "2026-05-04T11:00:00.000Z",
      },
    ],
  });
  assert(!JSON.stringify(body).includes("http"));
});

Deno.test("an identity is shown while Ory is down, and the answer says so", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  service.kratos.faults.isAdminDown = true;

  const { status, body } = await callOperator(service, `verifications/${identityId}`);

  assert.deepEqual([status, body.verification.status], [200, "rejected"]);
  assert.deepEqual(body.ory, { "state": "unreadable", "reason": "status 503", "differences": [] });
});
