/** A call between two of the three parties, as the sandbox shows it. */
export interface ObservedCall {
  readonly from: string;
  readonly to: string;
  readonly method: string;
  /** The path alone; where a secret stands in it, a dot is shown. */
  readonly path: string;
  readonly status: number;
  readonly startedAt: number;
  readonly durationMs: number;
}

/** Hides the tokens that our addresses hold in their paths. */
export function maskPath(pathname: string): string {
  return pathname.replace(/^(\/jumio\/callback\/).+/, "$1•");
}

/**
 * Waits as a fault asks. Ends early when the caller goes away; its signal is looked at only if there
 * is a wait, because `Deno.serve` warns of the very look.
 */
export async function pause(ms: number, request?: Request): Promise<void> {
  if (ms <= 0) return;
  const signal = request?.signal;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end, { once: true });
    function end(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    }
  });
}
