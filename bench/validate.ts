import { compare, measureAlternately, quantile } from "./_compare.ts";
import { printFigure, printHeading, printRatio, round } from "./_report.ts";
import { HOOK_SECRET, installExpress, startBare, startBridge, startExpress } from "./_servers.ts";
import { runWrk } from "./_wrk.ts";

/** What Kratos sends at the sign-in of a person whose verification is under way. */
const BODY = JSON.stringify({
  "identity_id": "1f6b1d5c-6f0e-4a52-9d0c-0d6f3c6f2b11",
  "flow_id": "8f0c64cf-4a4c-4dd2-8f0d-8a3a2f1f7a10",
  jumio: {
    status: "pending",
    verdict: null,
    "account_id": "11111111-1111-4111-8111-aaaaaaaaaaaa",
    "workflow_execution_id": "22222222-2222-4222-8222-bbbbbbbbbbbb",
    "verification_url": `https://kyc.example.com/jumio/verify?token=${"x".repeat(280)}`,
    "initiated_at": "2026-05-04T09:00:00.000Z",
    "decided_at": null,
  },
});

const HEADERS = {
  "content-type": "application/json",
  "x-webhook-secret": HOOK_SECRET,
  "user-agent": "Go-http-client/1.1",
  "ory-webhook-trigger-id": "6d2f7a39-0cfb-4f93-9a20-7d8b7b1f2f60",
};

/** The sign-in hook, against a bare server and against the Express sample. */
export async function benchValidate({ isSmoke }: { isSmoke: boolean }): Promise<void> {
  await installExpress();
  await using bridge = await startBridge();
  await using bare = await startBare();
  await using express = await startExpress();
  const seconds = isSmoke ? 1 : 3;
  const load = (server: { url: string }) => () =>
    runWrk({ url: `${server.url}/jumio/validate`, headers: HEADERS, body: BODY }, { seconds });
  const subjects = { bridge: load(bridge), bare: load(bare), express: load(express) };
  if (!isSmoke) await measureAlternately(subjects, { rounds: 1 }); // warms them up

  const rates = await measureAlternately(subjects, { rounds: isSmoke ? 1 : 9 });

  printHeading("validate: sign-ins a second, wrk with one thread and 32 connections");
  printRatio("the bridge against a bare Deno.serve", compare(rates.bridge, rates.bare), {
    wanted: "at least 0.5",
  });
  printRatio("the bridge against the Express sample", compare(rates.bridge, rates.express), {
    wanted: "at least 8",
  });
  for (const [name, values] of Object.entries(rates)) {
    printFigure(`(${name}, sign-ins a second here)`, round(quantile(values, 0.5)));
  }
}
