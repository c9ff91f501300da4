// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { startSandbox } from "../support/sandbox_process.ts";

const ADA = { email: "ada@example.com" };
const EVE = { email: "eve@example.com" };

/** A visitor whose browser runs no script. */
function visit(page: string) {
  const read = async () => await (await fetch(page)).text();

  async function submit(path: string, form: Record<string, string>): Promise<string> {
    const body = new URLSearchParams(form);
    const headers = { origin: page };
    return await (await fetch(page + path, { method: "POST", headers, body })).text();
  }

  return {
    read,
    submit,
    /** Ends the verification of somebody, as soon as it is started. Returns the page. */
    async finish(person: { email: string }, outcome: string): Promise<string> {
      let html = "";
      await waitUntil("the execution is started", async () => {
        html = await submit("/finish", { ...person, outcome });
        return !html.includes("This person has no verification to finish");
      });
      return html;
    },
    /** Waits until the newest person has a status. */
    async waitForStatus(status: string): Promise<void> {
      await waitUntil(`the identity says ${status}`, async () => {
        return /<span class="status (\w+)">/.exec(await read())?.[1] === status;
      });
    },
  };
}

Deno.test("deno task dev refuses the sign-in of a rejected person and allows that of a verified one", async () => {
  await using sandbox = await startSandbox();
  const { submit, finish, waitForStatus } = visit(sandbox.pageUrl);

  await submit("/register", EVE);
  await finish(EVE, "rejected");
  await waitForStatus("rejected");
  const refused = await submit("/sign-in", EVE);
  const recovered = await submit("/recover", EVE);
  await submit("/register", ADA);
  assert.match(await finish(ADA, "passed"), /Jumio: passed/);
  await waitForStatus("verified");
  const allowed = await submit("/sign-in", ADA);

  assert.match(refused, /Refused: Your identity could not be verified/);
  assert.match(recovered, /Refused: Your identity could not be verified/);
  assert.match(allowed, /Signed in/);
});

Deno.test("deno task dev prints the address of the page, then the service's log, as JSON when piped", async () => {
  const sandbox = await startSandbox();
  const { submit, waitForStatus } = visit(sandbox.pageUrl);
  await submit("/register", ADA);
  await waitForStatus("pending");

  const lines = (await sandbox.stop()).trim().split("\n").map((line) => JSON.parse(line));

  const messages = lines.map(({ message }) => message);
  assert.equal(messages[0], `Open ${sandbox.pageUrl} in a browser`);
  assert.match(messages[1], /^The hook templates are rendered by/);
  assert.match(messages[2], /^The operator's page is /);
  assert.deepEqual([messages[3], messages.at(-1)], ["Listening", "Stopped"]);
  assert(messages.includes("Started an execution"));
});

Deno.test("deno task dev loses no result when a callback is lost, the service is killed, and Ory is down", async () => {
  await using sandbox = await startSandbox();
  const { submit, finish, waitForStatus } = visit(sandbox.pageUrl);

  await submit("/register", ADA);
  await waitForStatus("pending");
  const switched = await submit("/switch", { callbacks: "drop", ory: "down" });
  await finish(ADA, "passed");
  const restarted = await submit("/restart", {});
  await submit("/switch", { ory: "up" });

  assert.match(switched, /Jumio’s callbacks are dropped; Ory’s admin API is down/);
  assert.match(restarted, /The bridge was killed, and is back after [\d.]+ s/);
  await waitForStatus("verified");
});

Deno.test("deno task dev signs verified people in while the service is killed", async () => {
  await using sandbox = await startSandbox();
  const { submit, finish, waitForStatus } = visit(sandbox.pageUrl);

  await submit("/register", ADA);
  await finish(ADA, "passed");
  await waitForStatus("verified");
  await submit("/switch", { service: "killed" });

  assert.match(await submit("/sign-in", ADA), /Signed in/);
  assert.match(await submit("/forge", ADA), /The bridge did not answer the forged callback/);
});

Deno.test("deno task dev ends a validity, and signs in by the policy of its switch", async () => {
  await using sandbox = await startSandbox();
  const { submit, finish, waitForStatus } = visit(sandbox.pageUrl);

  await submit("/register", ADA);
  const early = await submit("/end", ADA);
  await finish(ADA, "passed");
  await waitForStatus("verified");
  const ended = await submit("/end", ADA);
  await waitForStatus("expired");
  const allowed = await submit("/sign-in", ADA);
  const switched = await submit("/switch", { policy: "rejected,expired" });
  const refused = await submit("/sign-in", ADA);

  assert.match(early, /Only a verification or a review can end/);
  assert.match(ended, /The verification has ended, as it does when its validity is over/);
  assert.match(ended, /This verification ends now/);
  assert.match(allowed, /Signed in/);
  assert.match(switched, /The bridge refuses to sign in rejected and expired people/);
  assert.match(refused, /Refused: Your identity verification was not finished in time/);
});

Deno.test("deno task dev shows people the brand and an address of support", async () => {
  await using sandbox = await startSandbox();
  const { submit, read, waitForStatus } = visit(sandbox.pageUrl);
  await submit("/register", ADA);
  await waitForStatus("pending");

  const [, link = ""] = /href="([^"]+\/jumio\/verify\?token=[^"]+)"/.exec(await read()) ?? [];
  const page = await (await fetch(link.replaceAll("&amp;", "&"))).text();

  assert.match(page, /Your app/);
  assert.match(page, /href="mailto:support@example\.com"/);
});

Deno.test("deno task dev shows that forged and unsigned callbacks change nothing", async () => {
  await using sandbox = await startSandbox();
  const { submit, finish, waitForStatus } = visit(sandbox.pageUrl);

  await submit("/register", ADA);
  await waitForStatus("pending");
  const guessed = await submit("/forge", ADA);
  await submit("/switch", { callbacks: "forged" });
  const forged = await finish(ADA, "passed");
  await submit("/register", EVE);
  await waitForStatus("pending");
  await submit("/switch", { callbacks: "unsigned" });
  const unsigned = await finish(EVE, "passed");

  assert.match(guessed, /The forged callback was answered with 401/);
  for (const answer of [forged, unsigned]) assert.match(answer, /callback was answered with 401/);
});

Deno.test("deno task dev shows that a hook with parse: true refuses registrations, until it is corrected", async () => {
  await using sandbox = await startSandbox();
  const { submit, waitForStatus } = visit(sandbox.pageUrl);

  await submit("/switch", { hook: "wrong" });
  const refused = await submit("/register", ADA);
  await submit("/switch", { hook: "right" });
  await submit("/register", ADA);

  assert.match(refused, /ada@example\.com: Refused: Registration is not set up correctly/);
  assert.match(refused, /00000000-0000-0000-0000-000000000000/);
  await waitForStatus("pending");
});

Deno.test("the sandbox's page refuses requests from other sites", async () => {
  await using sandbox = await startSandbox();
  const { hostname, port } = new URL(sandbox.pageUrl);
  const body = new URLSearchParams(ADA);
  const headers = { "sec-fetch-site": "cross-site" };

  const submitted = await fetch(`${sandbox.pageUrl}/register`, { method: "POST", body, headers });
  const rebound = await request({ hostname, port: Number(port) }, "evil.example");

  assert.deepEqual([submitted.status, await submitted.text()], [403, "Forbidden"]);
  assert.match(rebound, /^HTTP\/1\.1 403 /);
  const page = await fetch(sandbox.pageUrl);
  assert.match(
    page.headers.get("content-security-policy") ?? "",
    /^default-src 'none'; style-src 'self'; script-src 'self'; /,
  );
  assert(!(await page.text()).includes(`<h3>${ADA.email}</h3>`));
});

Deno.test("the sandbox's page shows calls as they happen, without secrets", async () => {
  await using sandbox = await startSandbox();
  const { submit, waitForStatus } = visit(sandbox.pageUrl);
  const stream = await fetch(`${sandbox.pageUrl}/events`);
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader() ?? assert.fail();

  await submit("/register", ADA);
  await waitForStatus("pending");
  let received = "";
  while (!received.includes("Update the identity")) received += (await reader.read()).value;
  await reader.cancel();

  assert.equal(stream.headers.get("content-type"), "text/event-stream");
  for (const words of ["Registers", "A person has registered", "Start a verification"]) {
    assert(received.includes(words), words);
  }
  assert(received.includes("x-webhook-secret: •••"));
  assert(!received.includes("only-for-the-sandbox"));
  assert(!received.includes("Correct-horse"));
  assert(!/eyJ[\w-]+\./.test(received), "a token in a link or a header is shown");
});

/** Sends a GET with a Host header, which `fetch` cannot set. */
async function request(address: { hostname: string; port: number }, host: string): Promise<string> {
  using connection = await Deno.connect(address);
  const text = `GET / HTTP/1.1\r\nhost: ${host}:${address.port}\r\nconnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(text));
  return await new Response(connection.readable).text();
}
