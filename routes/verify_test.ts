import assert from "node:assert/strict";
import { createTestContext, type TestContext } from "../tests/support/context.ts";

/** The link on the identity, as a path. */
async function linkOf(service: TestContext): Promise<string> {
  const identityId = await service.register();
  const url = new URL(String(service.metadata(identityId)["verification_url"]));
  return url.pathname + url.search;
}

Deno.test("jumioVerify() leads to the live Jumio link, and asks nobody", async () => {
  await using service = await createTestContext();
  const path = await linkOf(service);
  const calls = service.jumio.calls.length;

  const response = await service.send(path);

  assert.equal(response.status, 200);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.equal(response.headers.get("referrer-policy"), "same-origin");
  assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  const href = service.jumio.executions[0]?.href.replaceAll("&", "&amp;") ?? "";
  assert((await response.text()).includes(`href="${href}"`));
  assert.equal(service.jumio.calls.length, calls);
});

for (
  const [outcome, title] of [
    ["passed", "You are verified"],
    ["warning", "being reviewed"],
    ["rejected", "could not be verified"],
    ["abandoned", "ran out"],
  ] as const
) {
  Deno.test(`jumioVerify() tells a person whose verification ended as ${outcome}`, async () => {
    await using service = await createTestContext();
    const path = await linkOf(service);
    const [execution] = service.jumio.executions;
    await service.jumio.finish(execution?.id ?? "", outcome);
    await service.drain();

    const page = await (await service.send(path)).text();

    assert.match(page, new RegExp(`<h1>[^<]*${title}`));
    assert(!page.includes("jumio.ai"));
  });
}

Deno.test("jumioVerify() shows no link of Jumio's that has expired", async () => {
  await using service = await createTestContext();
  const path = await linkOf(service);
  service.clock.now += 86_400_000;

  assert(!(await (await service.send(path)).text()).includes("jumio.ai"));
});

Deno.test("jumioVerify() answers 410 to a link whose time is over", async () => {
  await using service = await createTestContext();
  const path = await linkOf(service);
  service.clock.now += 91 * 86_400_000;

  const response = await service.send(path);

  assert.equal(response.status, 410);
  await response.body?.cancel();
});

for (const query of ["", "?token=", "?token=eyJhbGciOiJub25lIn0.e30."]) {
  Deno.test(`jumioVerify() answers 403 to "${query}" and looks nothing up`, async () => {
    await using service = await createTestContext();

    const response = await service.send(`/jumio/verify${query}`);

    assert.equal(response.status, 403);
    assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
    await response.body?.cancel();
    assert.deepEqual(await service.store.list({ prefix: [] }, { limit: 1 }), []);
  });
}
