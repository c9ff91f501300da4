import type { Tools } from "../frame/command.ts";

const TIMEOUT_MS = 10_000;

/** An answer of whoever was asked, or why there was none. */
export type Probe =
  | { readonly ok: true; readonly status: number; readonly json: unknown }
  | { readonly ok: false; readonly why: string };

/** Asks once, follows nothing, and reads the answer whole. */
export type Ask = (url: URL, init?: RequestInit) => Promise<Probe>;

/** Creates the asking. `onDate` hears each answer's `Date`, and when it came. */
export function createAsk(
  { fetch, now }: Pick<Tools, "fetch" | "now">,
  onDate: (host: string, times: { theirs: number; ours: number }) => void,
): Ask {
  return async (url, init = {}) => {
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const response = await fetch(url, { redirect: "manual", signal, ...init });
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

/** What to say of a probe that did not give what it should. */
export function describeProbe(probe: Probe): string {
  return probe.ok ? `It answered ${probe.status}` : probe.why;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not every answer is JSON, and none of them has to be.
    return undefined;
  }
}
