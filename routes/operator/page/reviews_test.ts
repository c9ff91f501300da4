// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { TestContext } from "../../../tests/support/context.ts";
import { createOperatedContext, createPerson } from "../../../tests/support/operator_api.ts";
import { showPage, signIn } from "../../../tests/support/operator_page.ts";
import { createStarted, storeVerification } from "../../../tests/support/verification_rows.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The ids on a page of the queue, in their order. */
function listIds(page: string): string[] {
  const list = /<ol class="letters">(.*?)<\/ol>/s.exec(page)?.[1] ?? "";
  return Array.from(list.matchAll(/\?id=([0-9a-f-]{36})/g), ([, id = ""]) => id);
}

function nextPage(page: string): string | undefined {
  return /rel="next" href="([^"]+)"/.exec(page)?.[1]?.replaceAll("&amp;", "&");
}

/** Stores reviews: the first one is the oldest, each next one is an hour younger. */
async function storeReviews(service: TestContext, count: number): Promise<string[]> {
  const ids = [];
  for (let number = 0; number < count; number++) {
    const identityId = crypto.randomUUID();
    const changedAt = service.clock.now - (count - number) * HOUR;
    await storeVerification(
      service.store,
      createStarted({ identityId, status: "review", verdict: "WARNING", changedAt }),
    );
    ids.push(identityId);
  }
  return ids;
}

Deno.test("the review queue lists only open reviews, the oldest first, with their age", async () => {
  await using service = await createOperatedContext();
  const first = await createPerson(service, { outcome: "warning", email: "a@example.com" });
  await service.advance(3 * DAY);
  const second = await createPerson(service, { outcome: "warning", email: "b@example.com" });
  await createPerson(service, { outcome: "rejected", email: "c@example.com" });
  const cookie = await signIn(service);

  const page = await showPage(service, "/operator/reviews", { cookie });

  assert.deepEqual(listIds(page), [first, second]);
  assert.match(page, /Open reviews, the oldest first/);
  assert.match(page, /review<\/strong> for 3 days,\s+<span class="soft">since 2026-05-04 09:/);
});

Deno.test("the review queue is read in pages, each review once", async () => {
  await using service = await createOperatedContext();
  const ids = await storeReviews(service, 45);
  const cookie = await signIn(service);
  const pages = [];

  let address: string | undefined = "/operator/reviews";
  while (address !== undefined) {
    const page = await showPage(service, address, { cookie });
    pages.push(listIds(page));
    address = nextPage(page);
  }

  assert.deepEqual(pages.map(({ length }) => length), [20, 20, 5]);
  assert.deepEqual(pages.flat(), ids);
});

Deno.test("the review queue filters by status and age, and keeps the filter in its links", async () => {
  await using service = await createOperatedContext();
  const ids = await storeReviews(service, 30);
  const rejected = await createPerson(service, { outcome: "rejected" });
  const cookie = await signIn(service);

  const old = await showPage(service, "/operator/reviews?status=review&age=1d", { cookie });
  const decided = await showPage(service, "/operator/reviews?status=rejected", { cookie });
  const all = await showPage(service, "/operator/reviews?status=all&age=1h", { cookie });
  const none = await showPage(service, "/operator/reviews?status=expired", { cookie });

  assert.deepEqual(listIds(old), ids.slice(0, 7));
  assert.match(old, new RegExp(`"\\./\\?id=${ids[0]}&amp;status=review&amp;age=1d"`));
  assert.match(old, /<option\s+value="1d"\s+selected/);
  assert.deepEqual(listIds(decided), [rejected]);
  assert.deepEqual(listIds(all), ids.slice(0, 20));
  assert.match(nextPage(all) ?? "", /^\.\/reviews\?status=all&age=1h&after=/);
  assert.match(none, /There are none\./);
});

Deno.test("reading the review queue writes nothing, and does not read the verifications of others", async () => {
  await using service = await createOperatedContext();
  await storeReviews(service, 2);
  const cookie = await signIn(service);
  const calls: string[] = [];
  const { store } = service.context;
  const watched = {
    ...store,
    list: ((selector, options) => {
      calls.push(
        `list ${JSON.stringify(Object.values(selector)[0]).slice(0, 40)} ${options.limit}`,
      );
      return store.list(selector, options);
    }) as typeof store.list,
    commit: () => assert.fail("It has written"),
  };
  Object.assign(service.context, { store: watched });

  await showPage(service, "/operator/reviews", { cookie });

  assert.deepEqual(calls, ['list ["verification_by_status","review",0] 21']);
});

for (const query of ["status=verifed", "age=2d", "after=x", "after=1.2"]) {
  Deno.test(`the review queue refuses ?${query}`, async () => {
    await using service = await createOperatedContext();
    const cookie = await signIn(service);

    const { status, body } = await service.send(`/operator/reviews?${query}`, {
      headers: { cookie },
    });

    await body?.cancel();
    assert.equal(status, 400);
  });
}

Deno.test("the review queue shows only the form to sign in without a session", async () => {
  await using service = await createOperatedContext();
  const [id = ""] = await storeReviews(service, 1);

  const page = await showPage(service, "/operator/reviews", { cookie: "" });

  assert.match(page, /action="sign-in"/);
  assert(!page.includes(id));
});

Deno.test("the overview leads to the review queue while there are open reviews", async () => {
  await using service = await createOperatedContext();
  await createPerson(service, { outcome: "warning" });
  const cookie = await signIn(service);

  const page = await showPage(service, "/operator/", { cookie });

  assert.match(page, /1 review open[^]*<a href="\.\/reviews">Open the review queue<\/a>/);
});
