// SPDX-License-Identifier: Apache-2.0
/** The request that `wrk` repeats. */
export interface WrkRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const CURE = "install wrk (Debian: apt-get install wrk)";

/**
 * Sends requests over 32 connections of one thread. Returns how many were answered.
 *
 * @throws {Error} When wrk is not installed, or when an answer had another status.
 */
export async function runWrk(
  { url, headers, body }: WrkRequest,
  { seconds, status }: { seconds: number; status: 200 | 403 },
): Promise<number> {
  const script = await Deno.makeTempFile({ suffix: ".lua" });
  try {
    await Deno.writeTextFile(script, toLua({ headers, body, status }));
    const args = ["-t1", "-c32", `-d${seconds}s`, "-s", script, url];
    const { success, stdout } = await new Deno.Command("wrk", { args }).output().catch((cause) => {
      throw new Error(`Cannot run wrk: ${CURE}`, { cause });
    });
    const output = new TextDecoder().decode(stdout);
    const answered = /(\d+) requests in/.exec(output)?.[1];
    if (!success || answered === undefined || /UNEXPECTED|Socket errors/.test(output)) {
      throw new Error(`wrk got errors or unexpected answers from ${url}:\n${output}`);
    }
    return Number(answered);
  } finally {
    await Deno.remove(script);
  }
}

function toLua(
  { headers, body, status }: Omit<WrkRequest, "url"> & { status: number },
): string {
  const lines = Object.entries(headers).map(([name, value]) =>
    `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`
  );
  // The summary counts all statuses from 400 on, in any thread.
  const isExpected = status < 400 ? "errors == 0" : "errors == summary.requests";
  return [
    'wrk.method = "POST"',
    ...lines,
    `wrk.body = ${JSON.stringify(body)}`,
    "function done(summary, latency, requests)",
    "  local errors = summary.errors.status",
    `  if not (${isExpected}) then print("UNEXPECTED: " .. errors .. " statuses from 400 on") end`,
    "end",
  ].join("\n");
}
