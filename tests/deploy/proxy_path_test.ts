// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { runOperator } from "../../cli/frame/run.ts";
import { COMMANDS } from "../../cli/commands.ts";
import { metadataOf, waitForStart } from "../../sandbox/processes/fleet.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { type Deployment, startDeployment } from "../support/deployment.ts";
import { FormBrowser, type ShownPage } from "../support/form_browser.ts";
import { createTestRuntime } from "../support/operator_runtime.ts";
import { sendRaw } from "../support/raw_request.ts";

const PATH = "/kyc";
const OPERATOR_SECRET = "ada:operator-secret-operator-secret-0123";

/** The service behind a path, which the proxy takes away. */
function startBehindPath({ endsWithSlash = false } = {}): Promise<Deployment> {
  const env = { "OPERATOR_SECRET": OPERATOR_SECRET, "BRAND_NAME": "Example" };
  return startDeployment(env, { path: PATH, endsWithSlash });
}

/** Asserts that every address on a page that leads to its own site is below the path. */
function assertInside({ url, html }: ShownPage, base: string): void {
  const found = [...html.matchAll(/(?:href|action|src|data-refresh)="([^"]*)"|url=([^"]*)"/g)]
    .map(([, address, refresh]) => (address ?? refresh ?? "").replaceAll("&amp;", "&"));
  const own = found.map((address) => new URL(address, url))
    .filter(({ host }) => host === new URL(base).host);
  assert(url.href.startsWith(`${base}/`), url.href);
  assert(own.length > 0, html);
  for (const { href } of own) assert(href.startsWith(`${base}/`), href);
}

for (const endsWithSlash of [false, true]) {
  Deno.test(`a person verifies behind a path, PUBLIC_URL ${endsWithSlash ? "with" : "without"} a slash at its end`, async () => {
    await using deployment = await startBehindPath({ endsWithSlash });
    const { fleet, publicUrl } = deployment;
    const browser = new FormBrowser();

    // The hook: Kratos calls it below the path too.
    const { identityId = "" } = await fleet.kratos.register({ email: "ada@example.com" });
    await waitForStart(fleet, identityId);
    const link = String(metadataOf(fleet, identityId)["verification_url"]);
    const page = await browser.open(link);
    const jumio = await browser.submit(page);
    const { callbackUrl, successUrl, errorUrl } = fleet.jumio.executions.at(-1) ?? {};
    const back = await browser.submit(jumio, { outcome: "rejected" });
    await waitUntil(
      "the callback was accepted, and the identity is rejected",
      () => metadataOf(fleet, identityId)["status"] === "rejected",
    );
    const again = await browser.open(link);

    assert(link.startsWith(`${publicUrl}/jumio/verify?token=`), link);
    assert(callbackUrl?.startsWith(`${publicUrl}/jumio/callback/`), callbackUrl);
    assert.deepEqual([successUrl, errorUrl], Array(2).fill(`${publicUrl}/jumio/verify/return`));
    assert(back.url.href.startsWith(`${publicUrl}/jumio/verify/return?`), back.url.href);
    // Without its cookie the page would not know the person: it would be named "returned".
    assert.match(back.html, /data-name="(?:in_progress|checking|rejected)"/);
    for (const shown of [page, back, again]) assertInside(shown, publicUrl);
    assert.deepEqual([page.status, back.status, again.status], [200, 200, 200]);
    assert.equal(metadataOf(fleet, identityId)["verification_url"], link);
  });
}

Deno.test("the operator's page and program work behind a path, and without it on the inner port", async () => {
  await using deployment = await startBehindPath();
  const { fleet, innerUrl } = deployment;
  for (const email of ["ada@example.com", "bo@example.com"]) {
    const { identityId = "" } = await fleet.kratos.register({ email });
    await waitForStart(fleet, identityId);
    const execution = String(metadataOf(fleet, identityId)["workflow_execution_id"]);
    await fleet.jumio.finish(execution, "warning");
    await waitUntil(
      "there is a review",
      () => metadataOf(fleet, identityId)["status"] === "review",
    );
  }

  // One review is decided with the path, the other one without: then nothing needs an operator.
  for (const [base, exitCode] of [[innerUrl, 3], [innerUrl.slice(0, -PATH.length), 0]] as const) {
    const browser = new FormBrowser();
    const signIn = await browser.open(`${base}/operator/`);
    const overview = await browser.submit(signIn, { secret: OPERATOR_SECRET });
    const reviews = await browser.open(follow(overview, "Open the review queue"));
    const filtered = await browser.open(new URL("./reviews?status=all&age=any", reviews.url));
    const review = await browser.open(followFirst(reviews, /href="(\.\/\?id=[^"]*)"/));
    const published = await browser.submit(review, {}, { action: "publish" });
    const decided = await browser.submit(
      review,
      { decision: "verified", reason: "checked", then: "stay" },
      { action: "decide" },
    );
    const expired = await browser.submit(decided, { reason: "suspicion" }, { action: "expire" });
    const signedOut = await browser.submit(expired, {}, { action: "sign-out" });

    const shown = { signIn, overview, reviews, filtered, review, published, decided, expired };
    for (const page of [...Object.values(shown), signedOut]) assertInside(page, base);
    assert.match(overview.html, /<p>ada<\/p>/);
    assert.match(published.html, /role="status"/);
    assert.match(decided.html, /Decided: .* is verified/s);
    assert.match(expired.html, /The verification has ended/);
    assert.match(signedOut.html, /Operator secret/);
    assert.deepEqual(await runStatus(base), [exitCode, ""]);
    assert.deepEqual(await runStatus(`${base}/`), [exitCode, ""]);
  }
});

/** The address of the link with this text. */
function follow({ url, html }: ShownPage, text: string): URL {
  const [, address = ""] = new RegExp(`href="([^"]*)">${text}<`).exec(html) ?? [];
  return new URL(address, url);
}

function followFirst({ url, html }: ShownPage, link: RegExp): URL {
  return new URL((link.exec(html)?.[1] ?? "").replaceAll("&amp;", "&"), url);
}

/** Runs `operator status`. Gives its exit code and what it says on standard error. */
async function runStatus(url: string): Promise<[exitCode: number, stderr: string]> {
  const { runtime, stderr } = createTestRuntime({
    env: { "OPERATOR_URL": url, "OPERATOR_SECRET": OPERATOR_SECRET },
    fetch: globalThis.fetch,
    now: Date.now,
  });
  return [await runOperator(["status"], { commands: COMMANDS, runtime }), stderr()];
}

Deno.test("deploy/nginx.conf: a path in front leads out of the public paths nowhere", async (t) => {
  await using deployment = await startBehindPath();
  const { port } = new URL(deployment.publicUrl);

  for (
    const target of [
      "/kyc/operator/",
      "/kyc/ready",
      "/kyc//ready",
      "/kyc/kyc/health",
      "/kyc/../ready",
      "/kyc/%2e%2e/ready",
      "/kyc/jumio/callback/..%2f..%2fready",
      "/kyc/jumio/callback/../../ready",
      "/kyc/jumio/callback/..\\..\\operator\\",
      "/kycx/jumio/verify",
      "/kyc",
      "/KYC/health",
    ]
  ) {
    await t.step(`GET ${target} is answered by 404`, async () => {
      const { status, text } = await sendRaw(Number(port), { line: `GET ${target}` });

      assert(status === 404 || status === 400, text);
    });
  }
});

Deno.test("deploy/nginx.conf logs no token below a path, nor below one that is not ours", async () => {
  await using deployment = await startBehindPath();
  const { nginx, publicUrl } = deployment;
  const { port } = new URL(publicUrl);
  const token = "t".repeat(43);
  const targets = ["/kyc", "", "/other", "/KYC", "/a/b"].flatMap((path) => [
    `${path}/jumio/callback/${token}`,
    `${path}/jumio/verify?token=${token}`,
    `${path}/jumio/verify/return?token=${token}`,
    `${path}/jumio/verify%3ftoken=${token}`,
  ]);

  for (const target of targets) await sendRaw(Number(port), { line: `GET ${target}` });
  await waitUntil(
    "every request is logged",
    async () => (await nginx.log()).split("\n").length > targets.length,
  );

  const log = await nginx.log();
  assert(!log.includes(token));
  assert.match(log, /GET \/jumio\/callback\/- \d{3}/);
  assert.match(log, /GET \/jumio\/verify\/return 200/);
});

Deno.test("the service itself knows no path in front: a proxy that keeps it gets 404", async () => {
  await using deployment = await startBehindPath();
  const [instance = ""] = deployment.fleet.urls;

  const statuses = await Promise.all(
    ["/health", "/kyc/health", "/kyc/jumio/verify", "/kyc/operator/"].map(async (path) => {
      const response = await fetch(instance + path);
      await response.body?.cancel();
      return response.status;
    }),
  );

  assert.deepEqual(statuses, [200, 404, 404, 404]);
});
