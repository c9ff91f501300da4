// SPDX-License-Identifier: Apache-2.0
import type { Config } from "../../lib/config/config.ts";
import type { Tools } from "../frame/command.ts";
import { checkEvents } from "./check_events.ts";
import { checkJumio } from "./check_jumio.ts";
import { checkKratos } from "./check_kratos.ts";
import { checkHookSecrets, checkPublicUrl, checkService } from "./check_service.ts";
import { type CheckResult, createReport } from "./findings.ts";
import { createProbe } from "./probe.ts";

/** `Date` has whole seconds, and an answer takes time. A smaller difference is no skew. */
const MAX_SKEW_MS = 30_000;

/** The result of the live checks. */
export interface LiveResult extends CheckResult {
  /** The execution of the transaction that was started. */
  readonly startedExecution: string | undefined;
  /** What the application answered to a test event. */
  readonly testEvent: string | undefined;
}

/** Checks the running setup with the service's own settings. */
export async function checkLive(
  config: Config,
  { serviceUrl, startsOne, tools: { fetch, now, progress } }: {
    /** The address of the service; undefined if it is not known. */
    serviceUrl: URL | undefined;
    /** Whether to start a real transaction at Jumio. */
    startsOne: boolean;
    tools: Pick<Tools, "fetch" | "now" | "progress">;
  },
): Promise<LiveResult> {
  const report = createReport();
  const skews = new Map<string, number>();
  const probe = createProbe({ fetch, now }, (host, { theirs, ours }) => {
    skews.set(host, Math.abs(theirs - ours));
  });

  progress("Checking Kratos");
  await checkKratos(config.kratos, { probe, report });
  progress("Checking Jumio");
  const startedExecution = await checkJumio(config.jumio, { probe, report, startsOne });
  progress("Checking the service");
  if (serviceUrl === undefined) {
    report.addUnchecked("The service and its KV store: set PUBLIC_URL or use --url");
  } else {
    await checkService(serviceUrl, { probe, report });
    await checkHookSecrets(serviceUrl, { hookSecrets: config.address.hookSecrets, probe, report });
  }
  const { address, callback } = config;
  if (address.hasShortSecret) report.add("secret_short", "ORY_WEBHOOK_SECRET");
  if (callback.hasShortSecret) report.add("secret_short", "JUMIO_CALLBACK_SECRET");
  if (address.publicUrl === undefined) {
    report.addUnchecked(
      "Jumio's callbacks: without PUBLIC_URL the service polls Jumio and refuses unsigned callbacks",
    );
  } else {
    await checkPublicUrl(new URL(address.publicUrl), { probe, report });
  }
  const { receiver } = config.events;
  if (receiver !== undefined) progress("Checking the application");
  const testEvent = receiver && await checkEvents(receiver, { probe, report, now });
  for (const [host, skew] of skews) {
    if (skew > MAX_SKEW_MS) report.add("clock_skew", host, `${Math.round(skew / 1000)} s apart`);
  }
  const { findings, unchecked } = report;
  return { findings, unchecked, startedExecution, testEvent };
}
