// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { formatClock } from "./clock.ts";
import { describeNextStep, type Standing } from "./next_step.ts";

const ENDED = {
  status: "PROCESSED",
  decision: { type: "PASSED", label: "PASSED", score: 1 },
  completedAt: 1_000,
  deliveries: [{ status: 200 }],
};

/** A person whose registration the bridge knows, and who waits for nobody. */
const WAITING: Standing = {
  status: "none",
  detail: "",
  execution: undefined,
  isAsked: true,
  hasFailed: false,
  peopleBefore: 0,
  isRead: false,
  nextLookAt: undefined,
  isBridgeKilled: false,
  isJumioDown: false,
  isOryDown: false,
};

/** A person whose visit to Jumio has ended, and the bridge does not know. */
const UNREAD: Standing = { ...WAITING, status: "pending", execution: ENDED, nextLookAt: 70_000 };

function describe(standing: Partial<Standing>, base = WAITING): string | undefined {
  return describeNextStep({ ...base, ...standing })?.text;
}

const STARTS: readonly [standing: Partial<Standing>, text: RegExp][] = [
  [{}, /The bridge starts it next\.$/],
  [{ peopleBefore: 1 }, /one start a second, and one person is before this one\.$/],
  [{ peopleBefore: 12 }, /one start a second, and 12 people are before this one\.$/],
  [{ isJumioDown: true, peopleBefore: 12 }, /Jumio is down\. The bridge has stored the start/],
  [{ hasFailed: true }, /The start has failed\. The bridge tries again by itself/],
  [{ isBridgeKilled: true }, /has stored the start, and makes it once it runs again\.$/],
  [{ isAsked: false }, /was not told.*its sweep finds this person within two minutes/],
];

for (const [standing, text] of STARTS) {
  Deno.test(`describeNextStep() of a person at Jumio's door says ${text}`, () => {
    const said = describe(standing) ?? assert.fail();

    assert.match(said, /^Jumio has no verification for this person yet\. /);
    assert.match(said, text);
  });
}

const AT = `at ${formatClock(70_000)}`;
const REFUSED = { ...ENDED, deliveries: [{ status: 401 }] };
const DROPPED = { ...ENDED, deliveries: [{ status: "dropped" as const }] };
const FAILED = { ...ENDED, deliveries: [{ status: "failed" as const }] };

const READINGS: readonly [standing: Partial<Standing>, text: string][] = [
  [{ execution: { ...ENDED, deliveries: undefined } }, "It calls the bridge."],
  [{}, "The bridge reads the result."],
  [{ isJumioDown: true }, "Jumio is down. The bridge reads the result as soon as it can."],
  [{ execution: DROPPED }, `Its callback was dropped. The bridge looks by itself ${AT}.`],
  [{ execution: REFUSED }, `Its callback was refused with 401. The bridge looks by itself ${AT}.`],
  [{ execution: FAILED }, `Its callback got no answer. The bridge looks by itself ${AT}.`],
  [
    { execution: DROPPED, isJumioDown: true },
    `Its callback was dropped. The bridge looks by itself ${AT}, and again until Jumio works.`,
  ],
  [
    { execution: DROPPED, nextLookAt: undefined },
    "Its callback was dropped. The bridge looks by itself when its link has expired.",
  ],
  [{ isBridgeKilled: true }, "Once the bridge runs again, it looks for the result by itself."],
  [
    { isRead: true, isOryDown: true },
    "Ory’s admin API is down. The bridge writes the result as soon as it works.",
  ],
  [{ isRead: true }, "The bridge writes the result."],
];

for (const [standing, text] of READINGS) {
  Deno.test(`describeNextStep() of a result on its way says "${text}"`, () => {
    assert.equal(describe(standing, UNREAD), `Jumio says: PROCESSED, PASSED. ${text}`);
  });
}

const ENDS: readonly [standing: Partial<Standing>, offer: string | undefined, text: RegExp][] = [
  [{ status: "verified" }, undefined, /PASSED\.$/],
  [{ status: "expired" }, "start_again", /can start again\.$/],
  [{ status: "pending", detail: "inconclusive" }, "start_again", /can start again\.$/],
  [{ status: "review" }, "decide", /An operator decides\.$/],
  [{ status: "rejected" }, "decide", /Only an operator can allow another verification\.$/],
];

for (const [standing, offer, text] of ENDS) {
  Deno.test(`describeNextStep() offers ${offer} when ${Object.values(standing)} is written`, () => {
    const next = describeNextStep({ ...UNREAD, isRead: true, ...standing }) ?? assert.fail();

    assert.match(next.text, text);
    assert.equal(next.offer, offer);
  });
}

Deno.test("describeNextStep() says nothing while the person is to go to Jumio", () => {
  const execution = { ...ENDED, completedAt: undefined, deliveries: undefined };

  assert.equal(describeNextStep({ ...UNREAD, execution }), undefined);
});

Deno.test("describeNextStep() names the status of a visit that was left unfinished", () => {
  const execution = { ...ENDED, status: "SESSION_EXPIRED" };

  assert.match(
    describe({ execution, isRead: true, status: "expired" }, UNREAD) ?? "",
    /^Jumio says: SESSION_EXPIRED\. The person/,
  );
});
