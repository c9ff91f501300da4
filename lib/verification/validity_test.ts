// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createStarted, IDENTITY_ID, NOW } from "../../tests/support/verification_rows.ts";
import type { Verification } from "./rows.ts";
import { isOverdue, noticeAt, requestExpiry, validUntilOf } from "./validity.ts";
import type { Write } from "../kv/write.ts";

const DAY = 86_400_000;
const END = NOW + 365 * DAY;
const VERIFIED = {
  status: "verified",
  verdict: "PASSED",
  decidedAt: NOW,
  validUntil: END,
} as const;
const PENDING = createStarted();

/** When a job is requested, and with which data. */
function requested({ sets = [] }: Write): unknown[] {
  return sets.map(({ key, value }) => [key[0], key[1], key[2], key[3], Object(value).data]);
}

function request(
  change: Partial<Verification>,
  { before = PENDING, changedAt = NOW }: { before?: Verification | null; changedAt?: number } = {},
): unknown[] {
  return requested(requestExpiry(before, createStarted(change), { changedAt }));
}

Deno.test("validUntilOf() counts from the decision, and only for verified", () => {
  const options = { decidedAt: NOW, validityMs: DAY };

  assert.equal(validUntilOf("verified", options), NOW + DAY);
  assert.equal(validUntilOf("verified", { ...options, validityMs: undefined }), null);
  for (const status of ["review", "rejected", "pending", "expired"] as const) {
    assert.equal(validUntilOf(status, options), null, status);
  }
});

Deno.test("noticeAt() is 30 days before the end of a validity of more than that", () => {
  const at = (days: number) => noticeAt({ decidedAt: NOW, validUntil: NOW + days * DAY });

  assert.equal(at(365), NOW + 335 * DAY);
  assert.equal(at(31), NOW + DAY);
  assert.equal(at(30), null);
  assert.equal(noticeAt({ decidedAt: NOW, validUntil: null }), null);
});

Deno.test("requestExpiry() requests the notice of a long validity, and the end of a short one", () => {
  assert.deepEqual(request(VERIFIED), [
    ["due", "expire", END - 30 * DAY, IDENTITY_ID, { announced: null, endedAt: null }],
  ]);
  const short = NOW + 20 * DAY;
  assert.deepEqual(request({ ...VERIFIED, validUntil: short }), [
    ["due", "expire", short, IDENTITY_ID, { announced: short, endedAt: null }],
  ]);
});

Deno.test("requestExpiry() requests the end of an adopted validity, at once if it is over", () => {
  const adopted = (changedAt: number) => request(VERIFIED, { before: null, changedAt });

  // The notice was due before KV was lost, so it counts as sent.
  const data = { announced: END, endedAt: null };
  assert.deepEqual(adopted(END - DAY), [["due", "expire", END, IDENTITY_ID, data]]);
  assert.deepEqual(adopted(END + DAY), [["due", "expire", END + DAY, IDENTITY_ID, data]]);
});

Deno.test("requestExpiry() requests nothing where the end has not changed, or there is none", () => {
  assert.deepEqual(request(VERIFIED, { before: createStarted(VERIFIED) }), []);
  assert.deepEqual(request({ status: "rejected", verdict: "FAILED", decidedAt: NOW }), []);
  assert.deepEqual(request({ status: "expired" }), []);
  assert.deepEqual(request({ ...VERIFIED, goneAt: NOW }), []);
});

Deno.test("requestExpiry() requests the end again of an identity that is not gone after all", () => {
  const before = createStarted({ ...VERIFIED, goneAt: NOW });

  assert.equal(request(VERIFIED, { before }).length, 1);
});

Deno.test("requestExpiry() requests a look at the publication of an end", () => {
  const before = createStarted(VERIFIED);

  assert.deepEqual(request({ status: "expired", detail: "validity_ended" }, { before }), [
    ["due", "expire", NOW + 600_000, IDENTITY_ID, { announced: null, endedAt: NOW }],
  ]);
});

Deno.test("isOverdue() is true of a validity that no job has ended", () => {
  const record = createStarted(VERIFIED);

  assert.equal(isOverdue(record, { now: END + 600_001 }), true);
  assert.equal(isOverdue(record, { now: END + 600_000 }), false);
  assert.equal(isOverdue({ ...record, validUntil: null }, { now: END + DAY }), false);
  assert.equal(isOverdue({ ...record, goneAt: NOW }, { now: END + DAY }), false);
});

Deno.test("requestExpiry() withdraws the request for an end that does not come any more", () => {
  const before = createStarted(VERIFIED);
  const withdrawn = (change: Partial<Verification>) =>
    requestExpiry(before, createStarted(change), { changedAt: NOW }).deletes
      ?.map(([table, kind, dueAt]) => [table, kind, dueAt]);

  const expected = [["due", "expire", END - 30 * DAY], ["due", "expire", END]];
  assert.deepEqual(withdrawn({ status: "rejected", verdict: "FAILED" }), expected);
  assert.deepEqual(withdrawn({ status: "expired", detail: "validity_ended" }), expected);
  assert.equal(withdrawn(VERIFIED), undefined);
});
