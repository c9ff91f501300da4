/** The request that `wrk` repeats. */
export interface WrkRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const CURE = "install wrk (Debian: apt-get install wrk)";

/**
 * Measures requests per second over 32 connections of one thread.
 *
 * @throws {Error} When wrk is not installed, or when an answer was not a 2xx.
 */
export async function runWrk(
  { url, headers, body }: WrkRequest,
  { seconds }: { seconds: number },
): Promise<number> {
  const script = await Deno.makeTempFile({ suffix: ".lua" });
  try {
    await Deno.writeTextFile(script, toLua({ headers, body }));
    const args = ["-t1", "-c32", `-d${seconds}s`, "-s", script, url];
    const { success, stdout } = await new Deno.Command("wrk", { args }).output().catch((cause) => {
      throw new Error(`Cannot run wrk: ${CURE}`, { cause });
    });
    const output = new TextDecoder().decode(stdout);
    const rate = /Requests\/sec:\s+([\d.]+)/.exec(output)?.[1];
    if (!success || rate === undefined || /Non-2xx|Socket errors/.test(output)) {
      throw new Error(`wrk got errors or unexpected answers from ${url}:\n${output}`);
    }
    return Number(rate);
  } finally {
    await Deno.remove(script);
  }
}

function toLua({ headers, body }: Omit<WrkRequest, "url">): string {
  const lines = Object.entries(headers).map(([name, value]) =>
    `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`
  );
  return ['wrk.method = "POST"', ...lines, `wrk.body = ${JSON.stringify(body)}`].join("\n");
}
