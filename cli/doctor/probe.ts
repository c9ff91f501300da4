// SPDX-License-Identifier: Apache-2.0
import { USER_AGENT } from "../../lib/upstream/call.ts";
import type { Tools } from "../frame/command.ts";

const TIMEOUT_MS = 10_000;

/** The answer to a probe, or why there was none. */
export type ProbeAnswer =
  | { readonly ok: true; readonly status: number; readonly json: unknown }
  | { readonly ok: false; readonly why: string };

/** Sends one request, follows no redirect, and reads the whole answer. */
export type SendProbe = (url: URL, init?: RequestInit) => Promise<ProbeAnswer>;

/** Creates the sender. `onDate` gets the `Date` of each answer and the time of its arrival. */
export function createProbe(
  { fetch, now }: Pick<Tools, "fetch" | "now">,
  onDate: (host: string, times: { theirs: number; ours: number }) => void,
): SendProbe {
  return async (url, init = {}) => {
    try {
      const headers = new Headers(init.headers);
      headers.set("user-agent", USER_AGENT);
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const response = await fetch(url, { redirect: "manual", signal, ...init, headers });
      const text = await response.text();
      const theirs = Date.parse(response.headers.get("date") ?? "");
      if (!Number.isNaN(theirs)) onDate(url.host, { theirs, ours: now() });
      return { ok: true, status: response.status, json: parseJson(text) };
    } catch (error) {
      const isTimeout = error instanceof DOMException && error.name === "TimeoutError";
      return { ok: false, why: isTimeout ? "No answer within 10 s" : "No connection" };
    }
  };
}

/** Describes an answer that is not the expected one. */
export function describeProbe(answer: ProbeAnswer): string {
  return answer.ok ? `It answered ${answer.status}` : answer.why;
}

/** Undefined for a text that is not JSON: some of the probed paths answer with other text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
