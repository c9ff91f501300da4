/** Who calls whom in the sandbox. The stranger is somebody who forges. */
export type Party = "person" | "stranger" | "ory" | "bridge" | "jumio";

/** One half of a call, with its secrets masked. */
export interface MaskedMessage {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** A call between two parties, as the sandbox shows it. Nothing secret is left in it. */
export interface ObservedCall {
  readonly id: number;
  readonly from: Party;
  readonly to: Party;
  readonly method: string;
  /** The path with its query. */
  readonly path: string;
  readonly request: MaskedMessage;
  readonly startedAt: number;
  /** Undefined while the answer is awaited. */
  readonly answer: CallAnswer | undefined;
}

/** How a call ended. */
export interface CallAnswer extends MaskedMessage {
  /** Undefined where there was no answer. */
  readonly status: number | undefined;
  readonly durationMs: number;
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
