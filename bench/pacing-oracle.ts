// How well a dial could be timed at best in the centre of pacing.ts: by one who has nothing to
// learn (the distributions are known exactly), looks four times a second, and may know beforehand
// which dials will be answered. What nobody can know is when. A model of its own, in steps of time,
// with nothing of the router in it but the tail of a sum.
import { chanceOfNone } from '../routing/tail.ts';

const stepSeconds = 0.25;
const wrapUpSeconds = 15;
const [leastRing, mostRing] = [3, 15] as const;
const vainSeconds = 25;
const graceSeconds = 2;
const warmUpSeconds = 3_600;
/** Times of the answer that stand for all. */
const times = Array.from(
  { length: 12 },
  (_, n) => leastRing + ((mostRing - leastRing) * (n + 0.5)) / 12,
);

export interface Centre {
  readonly agents: number;
  readonly hours: number;
  readonly answerShare: number;
  /** Whether only those are dialled who will answer. */
  readonly answersKnown: boolean;
}

interface Timing {
  readonly idlePercent: number;
  readonly waitedPercent: number;
}

/** The least idle time at which `limitPercent` of those who answer wait over 2 s. */
export function bestTiming(centre: Centre, limitPercent: number): Timing {
  let [low, high] = [0.0005, 0.5];
  let best = play(centre, low);
  for (let n = 0; n < 8; n += 1) {
    const middle = Math.sqrt(low * high);
    const found = play(centre, middle);
    if (found.waitedPercent > limitPercent) high = middle;
    else [low, best] = [middle, found];
  }
  return best;
}

/** @param risk the chance to wait that a dial may bring at most */
function play(centre: Centre, risk: number): Timing {
  const chance = chanceFrom(7);
  const share = centre.answersKnown ? 1 : centre.answerShare;
  const talk = (): number => 30 - 135 * Math.log(1 - chance());
  let idle = 0;
  /** When agents are free, the ends of wrap-ups; and when customers answered who wait. */
  let busy = Array.from({ length: centre.agents }, () => chance() * 150 + wrapUpSeconds);
  let dials: { readonly atSeconds: number; readonly answersAt: number }[] = [];
  const waiting: number[] = [];
  const sums = { idle: 0, answered: 0, waited: 0 };
  const endSeconds = warmUpSeconds + centre.hours * 3_600;
  for (let now = 0; now < endSeconds; now += stepSeconds) {
    const isWarm = now > warmUpSeconds;
    idle += busy.filter((at) => at <= now).length;
    busy = busy.filter((at) => at > now);
    waiting.push(...dials.map(({ answersAt }) => answersAt).filter((at) => at <= now));
    dials = dials.filter((dial) => dial.answersAt > now && now - dial.atSeconds < vainSeconds);
    for (; idle > 0 && waiting.length > 0; idle -= 1) {
      const waited = now - (waiting.shift() ?? now) > graceSeconds;
      if (isWarm) sums.answered += 1;
      if (isWarm && waited) sums.waited += 1;
      busy.push(now + talk() + wrapUpSeconds);
    }
    if (isWarm) sums.idle += idle * stepSeconds;
    const free = freeBy(busy, now, idle - waiting.length);
    const ages = dials.map(({ atSeconds }) => now - atSeconds).filter((age) => age < mostRing);
    while (riskOf(free, ages, share) <= risk) {
      ages.push(0);
      const answers = centre.answersKnown || chance() < centre.answerShare;
      const rings = leastRing + (mostRing - leastRing) * chance();
      dials.push({ atSeconds: now, answersAt: answers ? now + rings : Infinity });
    }
  }
  return {
    idlePercent: (100 * sums.idle) / (centre.agents * centre.hours * 3_600),
    waitedPercent: (100 * sums.waited) / Math.max(1, sums.answered),
  };
}

/** Agents free by each of the times, less those who wait; only wrap-ups end so soon for certain. */
function freeBy(busy: readonly number[], now: number, ready: number): readonly number[] {
  return times.map((time) => ready + busy.filter((at) => at <= now + time + graceSeconds).length);
}

/** The chance that one more who is dialled now, and answers, waits. */
function riskOf(free: readonly number[], ages: readonly number[], share: number): number {
  let sum = 0;
  times.forEach((time, n) => {
    const claims = ages.map((age) => {
      const still = survival(age);
      return (share * (still - survival(age + time))) / (1 - share + share * still);
    });
    sum += chanceOfNone(free[n] ?? 0, [], claims);
  });
  return sum / times.length;
}

/** Share of the answers that come later than this. */
function survival(rungSeconds: number): number {
  return Math.min(1, Math.max(0, (mostRing - rungSeconds) / (mostRing - leastRing)));
}

/** mulberry32. */
function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
