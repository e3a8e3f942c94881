// How likely it is that more ask for agents than there are: the tail of a sum of chances, each of
// its own size (Poisson-binomial). PURE.

/** Beyond so many chances the sum is taken as normal: exact costs chances times what is free. */
const MAX_EXACT = 200;

/**
 * The chance that those who claim outnumber or equal the agents who are free: then nobody is left
 * for one more.
 * @param free agents who are free for certain, less the claims that are certain; may be below 0
 * @param others chances of agents, each on its own, to be free as well
 * @param claims chances of claims, each on its own
 */
export function chanceOfNone(
  free: number,
  others: readonly number[],
  claims: readonly number[],
): number {
  // An agent who may be free is one who is, and one claim that is there unless the agent is free.
  const limit = free + others.length;
  if (limit <= 0) return 1;
  const count = others.length + claims.length;
  if (count < limit) return 0;
  if (count > MAX_EXACT) return chanceWhenMany(limit, others, claims);
  const shares = new Float64Array(limit);
  shares[0] = 1;
  for (const chance of claims) addChance(shares, chance);
  for (const chance of others) addChance(shares, 1 - chance);
  let fewer = 0;
  for (const share of shares) fewer += share;
  return Math.min(1, Math.max(0, 1 - fewer));
}

/** What is beyond the last place falls out: it is `limit` or more already. */
function addChance(shares: Float64Array, chance: number): void {
  for (let n = shares.length - 1; n > 0; n -= 1) {
    shares[n] = (shares[n] ?? 0) * (1 - chance) + (shares[n - 1] ?? 0) * chance;
  }
  shares[0] = (shares[0] ?? 0) * (1 - chance);
}

/** By mean and variance, with half a claim for the step between whole numbers. */
function chanceWhenMany(
  limit: number,
  others: readonly number[],
  claims: readonly number[],
): number {
  let mean = others.length;
  let variance = 0;
  for (const chance of claims) {
    mean += chance;
    variance += chance * (1 - chance);
  }
  for (const chance of others) {
    mean -= chance;
    variance += chance * (1 - chance);
  }
  if (variance === 0) return mean >= limit ? 1 : 0;
  return 1 - normalBelow((limit - 0.5 - mean) / Math.sqrt(variance));
}

/** The normal distribution function, good to 1e-7 (Abramowitz and Stegun, 26.2.17). */
function normalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  const series =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z < 0 ? density * series : 1 - density * series;
}
