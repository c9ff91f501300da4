import { UpstreamError } from "../../lib/upstream/error.ts";

/** Ory's longest window is a minute; after that and more, something else is wrong. */
const MAX_ATTEMPTS = 8;

const MAX_WAIT_MS = 30_000;

/** What an upstream asks us to wait is followed up to here. */
const MAX_ASKED_WAIT_MS = 120_000;

/**
 * Tries again what may be tried again: timeouts, failures of the network, 429 and 5xx, after the
 * wait that the upstream asks for, or one that doubles.
 */
export async function withPatience<Value>(
  work: (attempt: number) => Promise<Value>,
  { delay, progress, random = Math.random }: {
    delay: (ms: number) => Promise<void>;
    progress: (text: string) => void;
    random?: () => number;
  },
): Promise<Value> {
  for (let attempt = 1;; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isPassing(error)) throw error;
      const asked = error.retryAfterMs;
      const waitMs = asked === undefined
        ? Math.min(MAX_WAIT_MS, 1000 * 2 ** (attempt - 1))
        : Math.min(MAX_ASKED_WAIT_MS, asked);
      progress(`${error.message}: again in ${Math.ceil(waitMs / 1000)} s`);
      // Never sooner than asked, and not all at the same moment.
      await delay(waitMs * (1 + random() / 4));
    }
  }
}

function isPassing(error: unknown): error is UpstreamError {
  if (!(error instanceof UpstreamError)) return false;
  if (error.reason === "timeout" || error.reason === "network") return true;
  const { status = 0 } = error;
  return error.reason === "status" && (status === 429 || status >= 500);
}
