// Chance that does not depend on who asks first: a number for each question, so that the same
// customer behaves the same whatever the settings are. Nothing but the settings is compared then.

/** A number in [0, 1) for this seed and these words. FNV-1a, then the finish of MurmurHash3. */
export function chanceOf(seed: number, ...words: readonly (string | number)[]): number {
  let hash = 0x811c9dc5 ^ seed;
  for (const word of words) {
    const text = String(word);
    for (let at = 0; at < text.length; at += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    }
    hash = Math.imul(hash ^ 0x7c, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296;
}

/** A draw from an exponential distribution. @param chance in [0, 1) */
export function exponential(mean: number, chance: number): number {
  return -mean * Math.log(1 - chance);
}

/**
 * A draw from a log-normal distribution, the usual shape of handle times.
 * @param variation standard deviation over mean; 0: always the mean
 */
export function logNormal(
  mean: number,
  variation: number,
  [first, second]: readonly [number, number],
): number {
  const variance = Math.log(1 + variation * variation);
  // Box and Muller.
  const normal = Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second);
  return mean * Math.exp(Math.sqrt(variance) * normal - variance / 2);
}
