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

/** Waits that the simulators make. Ends early when the caller goes away. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms <= 0 || signal?.aborted) return;
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
