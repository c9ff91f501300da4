// SPDX-License-Identifier: Apache-2.0
/** How far this process's clock may be from Jumio's. Of two instances, from each other: a minute. */
export const MAX_OFFSET_MS = 30_000;

/** How many answers in a row must agree before this process believes them. */
const AGREEING_ANSWERS = 3;

/** How often a clock that is off is compared again. */
const COMPARE_EVERY_MS = 10_000;

/** When an answer was made, by its `Date`, and between which times of our clock that was. */
export interface DatedAnswer {
  readonly headers: Headers;
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** Compares the clock of this process with the `Date` of Jumio's answers. */
export interface ClockCheck {
  observe(answer: DatedAnswer): void;
  /** Asks Jumio for the time, up to three times. Does not throw. */
  compare(): Promise<void>;
  /** Whether the clock is right, as far as this process knows. Compares again while it is not. */
  isRight(): Promise<boolean>;
  /** Whether the last answers agreed that the clock is off. */
  isOff(): boolean;
}

/**
 * Creates a check of the clock. Only several answers in a row that agree change what it says, because
 * one server of many may have a wrong clock.
 */
export function createClockCheck(
  { ask, monotonic, onChange }: {
    /** Makes a call that {@linkcode ClockCheck.observe} learns of. */
    ask: () => Promise<unknown>;
    /** Milliseconds of a clock that is never set. */
    monotonic: () => number;
    /** Gets how far the clock is off as soon as that is sure, and 0 when it is right again. */
    onChange: (offsetMs: number) => void;
  },
): ClockCheck {
  /** The last offsets. 0 where the clock is right. */
  let offsets: readonly number[] = [];
  let isOff = false;
  let comparedAt = -Infinity;
  let comparing: Promise<void> | undefined;

  function observe(answer: DatedAnswer): void {
    const offsetMs = measureOffset(answer);
    if (offsetMs === undefined) return;
    offsets = [...offsets, offsetMs].slice(-AGREEING_ANSWERS);
    const sign = Math.sign(offsetMs);
    const doAgree = offsets.every((offset) => Math.sign(offset) === sign);
    if (!doAgree || offsets.length < AGREEING_ANSWERS || isOff === (sign !== 0)) return;
    isOff = sign !== 0;
    onChange(offsetMs);
  }

  async function askUntilSure(): Promise<void> {
    comparedAt = monotonic();
    for (let asked = 0; asked < AGREEING_ANSWERS; asked++) {
      const before = offsets;
      await ask().catch(() => undefined); // `observe` has not seen an answer then
      const isUnknown = offsets === before;
      const isKnownRight = !isOff && offsets.at(-1) === 0;
      if (isUnknown || isKnownRight) return;
    }
  }

  function compare(): Promise<void> {
    return comparing ??= askUntilSure().finally(() => comparing = undefined);
  }

  return {
    observe,
    compare,
    async isRight() {
      await comparing;
      if (isOff && monotonic() - comparedAt >= COMPARE_EVERY_MS) await compare();
      return !isOff;
    },
    isOff: () => isOff,
  };
}

/**
 * How far our clock is ahead of an answer's `Date`, at least; 0 for up to {@linkcode MAX_OFFSET_MS}
 * in either direction. Undefined where the answer does not say when it was made.
 */
function measureOffset({ headers, sentAt, receivedAt }: DatedAnswer): number | undefined {
  const madeAt = Date.parse(headers.get("date") ?? "");
  // A cache sends the `Date` of the answer that it kept.
  if (Number.isNaN(madeAt) || headers.has("age")) return undefined;
  const aheadMs = sentAt - (madeAt + 1000); // the header has whole seconds
  const behindMs = madeAt - receivedAt;
  if (aheadMs > MAX_OFFSET_MS) return aheadMs;
  return behindMs > MAX_OFFSET_MS ? -behindMs : 0;
}
