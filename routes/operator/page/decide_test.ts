// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { TestContext } from "../../../tests/support/context.ts";
import {
  createOperatedContext,
  createPerson,
  readActions,
} from "../../../tests/support/operator_api.ts";
import { postForm, readForm, showPage, signIn } from "../../../tests/support/operator_page.ts";

const CHOICE = { decision: "verified", reason: "passport_seen" };

/** People in review, the oldest first, and a session. */
async function createReviews(
  service: TestContext,
  count: number,
): Promise<{ ids: string[]; cookie: string }> {
  const ids = [];
  for (let number = 0; number < count; number++) {
    const email = `person-${number}@example.com`;
    ids.push(await createPerson(service, { outcome: "warning", email }));
    await service.advance(60_000);
  }
  return { ids, cookie: await signIn(service) };
}

/** The hidden fields of the form on the page of an identity in the queue. */
async function openReview(
  service: TestContext,
  id: string,
  { cookie, query = "&status=review&age=any" }: { cookie: string; query?: string },
): Promise<Record<string, string>> {
  const page = await showPage(service, `/operator/?id=${id}${query}`, { cookie });
  return readForm(page, "decide");
}

Deno.test("a decision is published, recorded with name and reason, and leads to the next review", async () => {
  await using service = await createOperatedContext();
  const { ids: [first = "", second = ""], cookie } = await createReviews(service, 2);
  const fields = await openReview(service, first, { cookie });

  const response = await postForm(service, "decide", { fields: { ...fields, ...CHOICE }, cookie });
  await service.drain();

  const location = response.headers.get("location") ?? "";
  assert.equal(response.status, 303);
  assert.equal(
    location,
    `./?id=${second}&status=review&age=any&decided=verified&decided_id=${first}`,
  );
  assert.equal(service.metadata(first)["status"], "verified");
  assert.equal(service.metadata(first)["verdict"], "WARNING");
  assert.equal(service.metadata(second)["status"], "review");
  const [action] = await readActions(service, first) as Record<string, string>[];
  assert.deepEqual([action?.["action"], action?.["status"], action?.["reason"], action?.["by"]], [
    "decide",
    "verified",
    "passport_seen",
    "Ada L.",
  ]);
  const next = await showPage(service, location, { cookie });
  assert.match(next, new RegExp(`role="status"[^]*${first}[^]*is verified\\.`));
  assert.match(next, /Decide this review/);
  assert.match(next, /This is the last one/);
});

Deno.test("after the last review a decision leads back to the queue, with its filter", async () => {
  await using service = await createOperatedContext();
  const { ids: [id = ""] } = await createReviews(service, 1);
  await service.advance(3_600_000);
  const cookie = await signIn(service);
  const fields = await openReview(service, id, { cookie, query: "&status=review&age=1h" });

  const response = await postForm(service, "decide", {
    fields: { ...fields, decision: "rejected", reason: "forged" },
    cookie,
  });
  await service.drain();

  const location = response.headers.get("location") ?? "";
  assert.equal(
    location,
    `./reviews?status=review&age=1h&decided=rejected&decided_id=${id}`,
  );
  assert.equal(service.metadata(id)["status"], "rejected");
  assert.match(await showPage(service, location, { cookie }), /is rejected\.[^]*There are none/);
});

Deno.test("a review that was skipped comes after no decision, and an operator can stay", async () => {
  await using service = await createOperatedContext();
  const { ids: [first = "", second = "", third = ""], cookie } = await createReviews(service, 3);
  const shown = await showPage(service, `/operator/?id=${first}&status=review`, { cookie });
  assert.match(shown, new RegExp(`id=${second}&amp;status=review&amp;age=any">Skip to the next`));
  const fields = await openReview(service, second, { cookie });

  const decided = await postForm(service, "decide", { fields: { ...fields, ...CHOICE }, cookie });
  const stayed = await postForm(service, "decide", {
    fields: { ...await openReview(service, third, { cookie }), ...CHOICE, then: "stay" },
    cookie,
  });

  assert.match(decided.headers.get("location") ?? "", new RegExp(`\\?id=${third}&`));
  const location = stayed.headers.get("location") ?? "";
  assert.match(location, new RegExp(`\\?id=${third}&.*decided=verified`));
  assert.doesNotMatch(await showPage(service, location, { cookie }), /Decide this review/);
});

Deno.test("a decision about a review that was decided meanwhile changes nothing", async () => {
  await using service = await createOperatedContext();
  const { ids: [id = ""], cookie } = await createReviews(service, 1);
  const fields = await openReview(service, id, { cookie });
  const decide = (decision: string) =>
    postForm(service, "decide", { fields: { ...fields, ...CHOICE, decision }, cookie });

  const answers = await Promise.all([decide("rejected"), decide("verified")]);
  await service.drain();

  const locations = answers.map(({ headers }) => headers.get("location") ?? "");
  const lost = locations.filter((location) => location.includes("decided=changed"));
  const [won = ""] = locations.filter((location) => !location.includes("decided=changed"));
  assert.equal(lost.length, 1);
  assert.match(lost[0] ?? "", new RegExp(`^\\./\\?id=${id}&`));
  assert.match(won, new RegExp(`decided=${service.metadata(id)["status"]}`));
  assert.equal((await readActions(service, id)).length, 1);
  assert.match(await showPage(service, lost[0] ?? "", { cookie }), /Nothing was decided about/);
});

Deno.test("a decision does not hold for a newer review of the same person", async () => {
  await using service = await createOperatedContext();
  const { ids: [id = ""], cookie } = await createReviews(service, 1);
  const fields = await openReview(service, id, { cookie });
  await postForm(service, "expire", { fields: { id, reason: "new_name" }, cookie });
  await service.drain();
  await service.follow(id);
  await service.jumio.finish(service.jumio.executions.at(-1)?.id ?? "", "warning");
  await service.drain();
  assert.equal(service.metadata(id)["status"], "review");

  const response = await postForm(service, "decide", { fields: { ...fields, ...CHOICE }, cookie });
  await service.drain();

  assert.match(response.headers.get("location") ?? "", /decided=changed/);
  assert.equal(service.metadata(id)["status"], "review");
});

for (
  const [name, change] of [
    ["no decision", { decision: "" }],
    ["another status as the decision", { decision: "expired" }],
    ["no reason", { reason: "" }],
    ["a reason of two words", { reason: "looks fine" }],
    ["an id that is none", { id: "../status" }],
    ["no time", { "changed_at": "x" }],
  ] as const
) {
  Deno.test(`the form to decide refuses ${name} with a page, and changes nothing`, async () => {
    await using service = await createOperatedContext();
    const { ids: [id = ""], cookie } = await createReviews(service, 1);
    const fields = { ...await openReview(service, id, { cookie }), ...CHOICE, ...change };

    const response = await postForm(service, "decide", { fields, cookie });
    await service.drain();

    assert.equal(response.status, 400);
    assert.match(await response.text(), /role="alert"[^]*Nothing was changed/);
    assert.equal(service.metadata(id)["status"], "review");
    assert.deepEqual(await readActions(service, id), []);
  });
}

for (
  const [name, headers] of [
    ["another site", { "sec-fetch-site": "cross-site" }],
    ["another host of the same site", { "sec-fetch-site": "same-site" }],
    ["another origin", { origin: "https://evil.example.com" }],
    ["an unknown origin", {}],
  ] as const
) {
  Deno.test(`the form to decide refuses a form of ${name}`, async () => {
    await using service = await createOperatedContext();
    const { ids: [id = ""], cookie } = await createReviews(service, 1);
    const fields = { ...await openReview(service, id, { cookie }), ...CHOICE };

    const response = await postForm(service, "decide", {
      fields,
      cookie,
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    });
    await service.drain();

    await response.body?.cancel();
    assert.equal(response.status, 403);
    assert.equal(service.metadata(id)["status"], "review");
  });
}

Deno.test("the form to decide does nothing after the end of the session, and the page says so", async () => {
  await using service = await createOperatedContext();
  const { ids: [id = ""], cookie } = await createReviews(service, 1);
  const fields = { ...await openReview(service, id, { cookie }), ...CHOICE };

  await service.moveClock(31 * 60_000);
  const response = await postForm(service, "decide", { fields, cookie });
  await service.drain();

  assert.equal(response.headers.get("location"), "./?ended");
  assert.equal(service.metadata(id)["status"], "review");
  const page = await showPage(service, "/operator/?ended", { cookie });
  assert.match(page, /Your session has ended, and nothing was done/);
});

for (const outcome of ["passed", "rejected", "link_expired"] as const) {
  Deno.test(`the page of an identity has no form to decide after ${outcome}`, async () => {
    await using service = await createOperatedContext();
    const id = await createPerson(service, { outcome });
    const cookie = await signIn(service);

    const page = await showPage(service, `/operator/?id=${id}&status=all`, { cookie });

    assert.doesNotMatch(page, /Decide this review/);
    assert.match(page, /Back to the queue/);
  });
}
