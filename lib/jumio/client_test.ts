// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type ExpectedCall, scriptFetch } from "../../tests/support/fetch_script.ts";
import { UpstreamError } from "../upstream/error.ts";
import { createJumio, type Jumio } from "./client.ts";
import { createUpstream } from "../upstream/call.ts";

const ACCOUNT_URL = "https://account.emea-1.jumio.ai/api/v1/";
const RETRIEVAL_URL = "https://retrieval.emea-1.jumio.ai/api/v1/";
const IDENTITY_ID = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";
const ACCOUNT_ID = "6f0c2f0e-5b1d-4c7e-9a53-1f2f6c1f7a10";
const EXECUTION_ID = "a2b7c9d4-3e61-4f0b-8c27-90d1b6a4e522";
const EXECUTION = { accountId: ACCOUNT_ID, workflowExecutionId: EXECUTION_ID };
const EXECUTION_URL = `${RETRIEVAL_URL}accounts/${ACCOUNT_ID}/workflow-executions/${EXECUTION_ID}`;

const STARTED = {
  timestamp: "2026-05-04T09:12:31.004Z",
  account: { id: ACCOUNT_ID },
  web: { href: "https://acme.web.emea-1.jumio.ai/web/client?authorizationToken=x" },
  sdk: { token: "y" },
  workflowExecution: { id: EXECUTION_ID, credentials: [] },
};

const DETAILS = {
  workflow: {
    id: EXECUTION_ID,
    status: "PROCESSED",
    userReference: IDENTITY_ID,
    customerInternalReference: IDENTITY_ID,
  },
  account: { id: ACCOUNT_ID },
  decision: { type: "PASSED", details: { label: "PASSED" }, risk: { score: 12 } },
  capabilities: { extraction: [{ data: { firstName: "Ada", documentNumber: "X1" } }] },
};

function create(...calls: readonly ExpectedCall[]): { jumio: Jumio; done: () => void } {
  const script = scriptFetch(...calls);
  const origins = new Set([ACCOUNT_URL, RETRIEVAL_URL].map((url) => new URL(url).origin));
  const jumio = createJumio({
    accountUrl: new URL(ACCOUNT_URL),
    retrievalUrl: new URL(RETRIEVAL_URL),
    workflowKey: "10164",
    accessToken: { get: () => Promise.resolve("token-1"), drop: () => Promise.resolve() },
    call: createUpstream({ fetch: script.fetch, origins, now: () => 0 }),
  });
  return { jumio, done: script.done };
}

Deno.test("Jumio.startWorkflow() sends the identity id and no personal data", async () => {
  const { jumio, done } = create({
    method: "POST",
    url: `${ACCOUNT_URL}accounts`,
    check(request, body) {
      assert.equal(request.headers.get("authorization"), "Bearer token-1");
      assert.match(request.headers.get("user-agent") ?? "", /ory-jumio-bridge/);
      assert.deepEqual(JSON.parse(body), {
        customerInternalReference: IDENTITY_ID,
        userReference: IDENTITY_ID,
        workflowDefinition: { key: "10164" },
        tokenLifetime: "1d",
        callbackUrl: "https://kyc.example.com/jumio/callback/t",
      });
    },
    answer: Response.json(STARTED, { status: 201 }),
  });

  const started = await jumio.startWorkflow({
    identityId: IDENTITY_ID,
    callbackUrl: "https://kyc.example.com/jumio/callback/t",
    tokenLifetime: "1d",
  });

  done();
  assert.deepEqual(started, { ...EXECUTION, href: STARTED.web.href });
});

Deno.test("Jumio.startWorkflow() starts a later execution on the same account by PUT", async () => {
  const { jumio, done } = create({
    method: "PUT",
    url: `${ACCOUNT_URL}accounts/${ACCOUNT_ID}`,
    answer: Response.json(STARTED),
  });

  const options = { identityId: IDENTITY_ID, accountId: ACCOUNT_ID, tokenLifetime: "1d" };

  assert.equal((await jumio.startWorkflow(options)).accountId, ACCOUNT_ID);
  done();
});

Deno.test("Jumio.startWorkflow() sends the return URL and the language of the person", async () => {
  const returnUrl = "https://kyc.example.com/jumio/verify/return";
  const { jumio, done } = create({
    method: "POST",
    url: `${ACCOUNT_URL}accounts`,
    check(_request, body) {
      const web = { successUrl: returnUrl, errorUrl: returnUrl, locale: "de" };
      assert.deepEqual(JSON.parse(body).web, web);
    },
    answer: Response.json(STARTED),
  });

  const web = { returnUrl, locale: "de" };
  await jumio.startWorkflow({ identityId: IDENTITY_ID, tokenLifetime: "30m", web });

  done();
});

for (
  const [href, expected] of [
    ["http://acme.web.emea-1.jumio.ai/web/client", undefined],
    ["http://127.0.0.1:3002/web/client", "http://127.0.0.1:3002/web/client"],
  ]
) {
  Deno.test(`Jumio.startWorkflow() ${expected ? "gives" : "withholds"} the link ${href}`, async () => {
    const { jumio } = create({
      method: "POST",
      url: `${ACCOUNT_URL}accounts`,
      answer: Response.json({ ...STARTED, web: { href } }),
    });

    const started = await jumio.startWorkflow({ identityId: IDENTITY_ID, tokenLifetime: "1d" });

    assert.equal(started.href, expected);
  });
}

Deno.test("Jumio.startWorkflow() accepts an answer without a link, as from a tenant without a web domain", async () => {
  const { web: _web, ...withoutWeb } = STARTED;
  const { jumio } = create({
    method: "POST",
    url: `${ACCOUNT_URL}accounts`,
    answer: Response.json(withoutWeb),
  });

  const started = await jumio.startWorkflow({ identityId: IDENTITY_ID, tokenLifetime: "1d" });

  assert.equal(started.href, undefined);
});

Deno.test("Jumio.retrieveDetails() gives the decision and no personal data", async () => {
  const { jumio } = create({ method: "GET", url: EXECUTION_URL, answer: Response.json(DETAILS) });

  assert.deepEqual(await jumio.retrieveDetails(EXECUTION), {
    ...EXECUTION,
    status: "PROCESSED",
    decision: "PASSED",
    customerInternalReference: IDENTITY_ID,
    userReference: IDENTITY_ID,
  });
});

Deno.test("Jumio.retrieveDetails() accepts an answer without a decision", async () => {
  const { decision: _decision, ...without } = DETAILS;
  const { jumio } = create({ method: "GET", url: EXECUTION_URL, answer: Response.json(without) });

  assert.equal((await jumio.retrieveDetails(EXECUTION))?.decision, undefined);
});

Deno.test("Jumio.retrieveDetails() gives undefined for a 404", async () => {
  const answer = Response.json({ status: 404 }, { status: 404 });
  const { jumio } = create({ method: "GET", url: EXECUTION_URL, answer });

  assert.equal(await jumio.retrieveDetails(EXECUTION), undefined);
});

Deno.test("Jumio.retrieveStatus() reads the status, whose answer has another shape than details", async () => {
  const { jumio } = create({
    method: "GET",
    url: `${EXECUTION_URL}/status`,
    answer: Response.json({
      account: { id: ACCOUNT_ID },
      workflowExecution: { id: EXECUTION_ID, status: "ACQUIRED" },
    }),
  });

  assert.equal(await jumio.retrieveStatus(EXECUTION), "ACQUIRED");
});

for (
  const [name, answer, expected] of [
    ["500", () => Response.json({}, { status: 500 }), ["status", 500]],
    ["429", () => Response.json({}, { status: 429 }), ["status", 429]],
    ["HTML", () => new Response("<html>"), ["malformed", 200]],
    ["ids that are not UUIDs", () => Response.json({ ...DETAILS, account: { id: "../../" } }), [
      "malformed",
      200,
    ]],
  ] as const
) {
  Deno.test(`Jumio.retrieveDetails() throws on ${name}`, async () => {
    const { jumio } = create({ method: "GET", url: EXECUTION_URL, answer });

    await assert.rejects(jumio.retrieveDetails(EXECUTION), (error) => {
      assert(error instanceof UpstreamError);
      assert.deepEqual([error.reason, error.status], expected);
      return true;
    });
  });
}

for (const status of [200, 204, 404]) {
  Deno.test(`Jumio.deleteAccount() accepts ${status} from the retrieval host`, async () => {
    const { jumio, done } = create({
      method: "DELETE",
      url: `${RETRIEVAL_URL}accounts/${ACCOUNT_ID}`,
      answer: new Response(null, { status }),
    });

    await jumio.deleteAccount(ACCOUNT_ID);

    done();
  });
}

Deno.test("Jumio.deleteAccount() throws on 500", async () => {
  const { jumio } = create({
    method: "DELETE",
    url: `${RETRIEVAL_URL}accounts/${ACCOUNT_ID}`,
    answer: Response.json({}, { status: 500 }),
  });

  await assert.rejects(
    jumio.deleteAccount(ACCOUNT_ID),
    /Cannot delete a Jumio account: status 500/,
  );
});
