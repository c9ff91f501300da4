// SPDX-License-Identifier: Apache-2.0
import { createReport, type Finding } from "../../cli/doctor/findings.ts";
import type { ProbeAnswer, SendProbe } from "../../cli/doctor/probe.ts";

/** A probe with prepared answers, and a report for the findings that they lead to. */
export interface ProbeScript {
  readonly probe: SendProbe;
  readonly report: ReturnType<typeof createReport>;
  /** Method and address of each request. */
  readonly requests: readonly string[];
  ids(): readonly Finding["id"][];
}

/** An answer, or one that depends on the bearer token. */
export type ScriptedAnswer = ProbeAnswer | ((token?: string) => ProbeAnswer);

/** Creates a probe that answers by method and path. Other requests get no connection. */
export function createProbeScript(answers: Readonly<Record<string, ScriptedAnswer>>): ProbeScript {
  const requests: string[] = [];
  const report = createReport();
  return {
    requests,
    report,
    probe(url, init) {
      const request = `${init?.method ?? "GET"} ${url.href}`;
      requests.push(request);
      const [, answer] = Object.entries(answers).find(([part]) => request.includes(part)) ?? [];
      const [, token] =
        /^Bearer (.*)/.exec(new Headers(init?.headers).get("authorization") ?? "") ?? [];
      const found = typeof answer === "function" ? answer(token) : answer;
      return Promise.resolve(found ?? { ok: false, why: "No connection" });
    },
    ids: () => report.findings.map(({ id }) => id),
  };
}

/** An answer with this status and body. */
export function answer(status: number, json?: unknown): ProbeAnswer {
  return { ok: true, status, json };
}
