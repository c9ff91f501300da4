// SPDX-License-Identifier: Apache-2.0
/** The ratio of two series of measurements, pair by pair. */
export interface Ratio {
  readonly median: number;
  /** The lowest and the highest of the pairs that are no outliers. */
  readonly min: number;
  readonly max: number;
  readonly pairs: number;
  /** The ratios of pairs in which the machine did something else. They count in the median. */
  readonly outliers: readonly number[];
}

/** A value this many interquartile ranges beyond a quartile is an outlier (Tukey's fences). */
const FENCE = 1.5;

/**
 * Measures subjects one after the other, for some rounds, each round in the opposite order. So other
 * load on the machine affects all subjects equally.
 */
export async function measureAlternately<Name extends string, Value>(
  subjects: Readonly<Record<Name, () => Promise<Value>>>,
  { rounds }: { rounds: number },
): Promise<Record<Name, Value[]>> {
  const names = Object.keys(subjects) as Name[]; // an object literal has no other keys
  const results = new Map(names.map((name) => [name, [] as Value[]]));
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      results.get(name)?.push(await subjects[name]());
    }
  }
  return Object.fromEntries(results) as Record<Name, Value[]>; // one list for each name
}

/** Divides each value of `subject` by the value of `yardstick` in the same round. */
export function compare(subject: readonly number[], yardstick: readonly number[]): Ratio {
  const ratios = subject.map((value, round) => value / (yardstick[round] ?? NaN));
  const [first, third] = [quantile(ratios, 0.25), quantile(ratios, 0.75)];
  const reach = FENCE * (third - first);
  const isInside = (ratio: number) => ratio >= first - reach && ratio <= third + reach;
  const inside = ratios.filter(isInside);
  return {
    median: quantile(ratios, 0.5),
    min: Math.min(...inside),
    max: Math.max(...inside),
    pairs: ratios.length,
    outliers: ratios.filter((ratio) => !isInside(ratio)).toSorted((a, b) => a - b),
  };
}

/** The quantile of the values: `part` 0.5 is the median. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}
