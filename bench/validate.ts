import { compare, measureAlternately, quantile } from "./_compare.ts";
import { printFigure, printHeading, printRatio, round } from "./_report.ts";
import { readProcessUse } from "./_process.ts";
import {
  HOOK_SECRET,
  installExpress,
  type Server,
  startBare,
  startBridge,
  startExpress,
} from "./_servers.ts";
import { runWrk } from "./_wrk.ts";

/** What Kratos sends when a person signs in whose verification is pending. */
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

/** Compares the sign-in hook with a bare server and with the Express sample. */
export async function benchValidate({ isSmoke }: { isSmoke: boolean }): Promise<void> {
  await installExpress();
  await using bridge = await startBridge();
  await using bare = await startBare();
  await using express = await startExpress();
  const seconds = isSmoke ? 1 : 3;
  const subjects = {
    bridge: () => load(bridge, seconds),
    bare: () => load(bare, seconds),
    express: () => load(express, seconds),
  };
  if (!isSmoke) await measureAlternately(subjects, { rounds: 1 }); // warms them up

  const loads = await measureAlternately(subjects, { rounds: isSmoke ? 1 : 9 });

  printHeading("validate: sign-ins per second, wrk with one thread and 32 connections");
  printLoads(loads, "perSecond");
  printHeading("validate: sign-ins per second of the server's processor time");
  printLoads(loads, "perCpuSecond");
}

type Load = { readonly perSecond: number; readonly perCpuSecond: number };

/** Measures processor time too: it depends less on other load of the machine than the clock. */
async function load({ url, pid }: Server, seconds: number): Promise<Load> {
  const before = await readProcessUse(pid);
  const request = { url: `${url}/jumio/validate`, headers: HEADERS, body: BODY };
  const perSecond = await runWrk(request, { seconds });
  const after = await readProcessUse(pid);
  return { perSecond, perCpuSecond: perSecond * seconds / (after.cpuSeconds - before.cpuSeconds) };
}

function printLoads(
  loads: Readonly<Record<"bridge" | "bare" | "express", readonly Load[]>>,
  figure: keyof Load,
): void {
  const [bridge, bare, express] = [loads.bridge, loads.bare, loads.express].map((values) =>
    values.map((value) => value[figure])
  ) as [number[], number[], number[]]; // as many as there are servers
  printRatio("the bridge against a bare Deno.serve", compare(bridge, bare), {
    wanted: "at least 0.5",
  });
  printRatio("the bridge against the Express sample", compare(bridge, express), {
    wanted: "at least 8",
  });
  const medians = Object.entries({ bridge, bare, express }).map(([name, values]) =>
    `${name} ${round(quantile(values, 0.5))}`
  );
  printFigure("(here)", medians.join(", "));
}
