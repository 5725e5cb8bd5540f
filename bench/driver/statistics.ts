/** Returns the quantile of a share between 0 and 1, by linear interpolation. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(position)] ?? NaN, sorted[Math.ceil(position)] ?? NaN];
  return below + (above - below) * (position - Math.floor(position));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** A ratio with its 95 % confidence interval. */
export interface Ratio {
  value: number;
  low: number;
  high: number;
}

const RESAMPLES = 4_000;

/**
 * Returns the ratio of two medians over rounds. The interval is bootstrapped over pairs of the same round, because a
 * slow round slows both pages: https://en.wikipedia.org/wiki/Bootstrapping_(statistics)
 */
export function ratio(
  ours: readonly (number | undefined)[],
  theirs: readonly (number | undefined)[],
): Ratio | undefined {
  const rounds = ours.flatMap((value, round) => {
    const other = theirs[round];
    return value === undefined || other === undefined ? [] : [[value, other] as const];
  });
  if (rounds.length === 0) return undefined;
  const of = (pairs: readonly (readonly [number, number])[]): number =>
    median(pairs.map(([value]) => value)) / median(pairs.map(([, other]) => other));
  const value = of(rounds);
  if (!Number.isFinite(value)) return undefined;
  const random = generator(rounds.length);
  const ratios = Array.from({ length: RESAMPLES }, () =>
    of(rounds.map((round) => rounds[Math.floor(random() * rounds.length)] ?? round)),
  );
  const finite = ratios.filter(Number.isFinite);
  return { value, low: quantile(finite, 0.025), high: quantile(finite, 0.975) };
}

/** Returns a seeded random number generator (mulberry32), so that the same samples give the same interval. */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
