// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Upstream, UpstreamReason } from "../upstream/error.ts";
import { CURES } from "./cure_table.ts";
import { describeCause, describeFailure, findCure } from "./cures.ts";

const CALLED: readonly Upstream[] = ["jumio", "kratos", "receiver"];

/** Which upstreams can fail for each reason. The compiler holds the table to the type. */
const FAILING: Readonly<Record<UpstreamReason, readonly Upstream[]>> = {
  "timeout": [...CALLED, "kv"],
  "network": [...CALLED, "kv"],
  "status": CALLED,
  "redirect": CALLED,
  "too_large": CALLED,
  "malformed": CALLED,
  "not_found": ["jumio"],
  "other_account": ["jumio"],
  "origin_not_allowed": CALLED,
  "locked": ["kv"],
  "disk_full": ["kv"],
  "corrupt": ["kv"],
  "cannot_open": ["kv"],
  "no_access_token": ["kv"],
  "bad_sum": ["kv"],
  "file_gone": ["kv"],
  "failed": ["kv"],
};

/** Reasons that the handlers of jobs give themselves. */
const OWN = [
  "details_unfinished",
  "read_back_mismatch",
  "patch_refused",
  "identity_overwritten",
  "bug",
];

const REASONS = [
  ...Object.entries(FAILING).flatMap(([reason, upstreams]) =>
    upstreams.map((upstream) => `${upstream}_${reason}`)
  ),
  ...OWN,
];

for (const reason of REASONS) {
  Deno.test(`findCure() knows a cure of ${reason}`, () => {
    assert(findCure({ reason, status: null }).reasons.includes(reason));
  });
}

Deno.test("CURES has no row that nothing can lead to", () => {
  const listed = CURES.flatMap(({ reasons }) => reasons);

  assert.deepEqual(listed.filter((reason) => !REASONS.includes(reason)), []);
});

Deno.test("findCure() tells a refused key from a refused call and from an outage", () => {
  const steps = [401, 403, 400, 429, 503, 409].map((status) =>
    findCure({ reason: "jumio_status", status }).nextStep.slice(0, 9)
  );

  assert.deepEqual(steps, [
    "Correct J",
    "Correct J",
    "Compare J",
    "Lower JUM",
    "Wait: the",
    "Look at t",
  ]);
});

Deno.test("describeFailure() names upstream and action, also of a reason that it does not know", () => {
  const known = describeFailure({ kind: "publish", reason: "kratos_redirect", status: 302 });
  const unknown = describeFailure({ kind: "start", reason: "of_tomorrow", status: null });

  assert.deepEqual([known.upstream, known.action], ["Ory", "write to the identity"]);
  assert.match(known.nextStep, /KRATOS_ADMIN_URL/);
  assert.deepEqual([unknown.upstream, unknown.action], [null, "create an execution"]);
  assert.match(unknown.nextStep, /log/);
});

Deno.test("describeCause() says who answered what, or why there was no answer", () => {
  assert.equal(describeCause({ reason: "jumio_status", status: 401 }), "Jumio answered 401");
  assert.equal(describeCause({ reason: "kratos_timeout", status: null }), "kratos_timeout");
  const malformed = { reason: "kratos_malformed", status: 200 };
  assert.equal(describeCause(malformed), "kratos_malformed (HTTP 200)");
});
