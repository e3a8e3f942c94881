// What is heard behind a call in the corpus: noises, rooms full of voices, music, a street. What
// stands behind held-out calls stands behind no others.
import { melody } from './music.ts';
import { speak } from './speak.ts';
import { between, drawVoice, type Part, pick } from './voices.ts';

const RATE = 8000;

export type Background =
  'none' | 'white' | 'pink' | 'babble' | 'television' | 'music' | 'brown' | 'hum' | 'street';

/** Gaussian noise, nearly: the sum of four uniform numbers. */
function white(length: number, random: () => number): Float64Array {
  return Float64Array.from({ length }, () => random() + random() + random() + random() - 2);
}

/** White noise through three one-pole filters (P. Kellet's economy method): -3 dB an octave. */
function pink(length: number, random: () => number): Float64Array {
  let low = 0;
  let middle = 0;
  let high = 0;
  return white(length, random).map((value) => {
    low = 0.99765 * low + value * 0.099046;
    middle = 0.963 * middle + value * 0.2965164;
    high = 0.57 * high + value * 1.0526913;
    return low + middle + high + value * 0.1848;
  });
}

/** -6 dB an octave above 30 Hz. */
function brown(length: number, random: () => number): Float64Array {
  let level = 0;
  return white(length, random).map((value) => {
    level = 0.976 * level + value;
    return level;
  });
}

/** The mains and their harmonics, and a little hiss. */
function hum(length: number, random: () => number): Float64Array {
  const mainsHz = pick(random, [50, 60]);
  return white(length, random).map((value, i) => {
    let sum = 0.1 * value;
    for (const k of [1, 2, 3, 5, 7]) sum += Math.sin((2 * Math.PI * k * mainsHz * i) / RATE) / k;
    return sum;
  });
}

/** Rumble that swells and falls as cars go by. */
function street(length: number, random: () => number): Float64Array {
  const rumble = brown(length, random);
  const hiss = pink(length, random);
  const everySeconds = between(random, 2, 5);
  const from = random();
  return rumble.map((value, i) => {
    const swell = 0.3 + Math.sin(Math.PI * (i / RATE / everySeconds + from)) ** 2;
    return swell * (value / 4 + (hiss[i] ?? 0));
  });
}

const LONG_TEXTS: Readonly<Record<Part, readonly string[]>> = {
  train: [
    'The train to the coast leaves at nine, and we still have to buy bread and some apples.',
    'I told him twice that the window in the kitchen does not close when the weather is wet.',
    'They painted the house last summer, first the door and then the whole wall to the garden.',
    'She plays the piano every evening after work, mostly old songs that her mother taught her.',
  ],
  tune: [
    'Tomorrow it will rain in the north, while the south keeps its sun until late in the evening.',
    'The match ended two to one, and the keeper said that he had never seen so many people there.',
    'Nobody knows where the key is, so we went in through the cellar and opened from the inside.',
    'Our neighbours have a new dog that barks at every bicycle and sleeps in the flower bed.',
  ],
  'held-out': [
    'The bridge was closed for repairs, which made the whole town late for the market on Friday.',
    'If you add a spoon of vinegar to the dough, the cake rises higher and keeps for a week.',
    'Grandfather collected stamps from islands that have long since changed their names.',
    'After the storm, three boats were missing and the lighthouse had lost half of its roof.',
  ],
};

function add(into: Float64Array, samples: Int16Array, from: number, share: number): void {
  for (let i = 0; i < into.length; i += 1) {
    into[i] = (into[i] ?? 0) + share * (samples[(from + i) % samples.length] ?? 0);
  }
}

/** Voices of a room: six talkers, or one and a tune for a television. */
function voices(length: number, part: Part, random: () => number, count: number): Float64Array {
  const mixed = new Float64Array(length);
  for (let i = 0; i < count; i += 1) {
    const [, { name }] = drawVoice(part, random);
    const english = name.replace(/^[^+]*/u, 'en-us');
    const voice = { engine: 'espeak-ng', name: english, wordsPerMinute: 160, pitch: 45 } as const;
    const said = speak(voice, pick(random, LONG_TEXTS[part]));
    add(mixed, said, Math.floor(random() * said.length), 1);
  }
  return mixed;
}

/** So many samples of a background, at no level in particular. */
export function backgroundOf(
  kind: Background,
  length: number,
  part: Part,
  random: () => number,
): Float64Array {
  switch (kind) {
    case 'none':
      return new Float64Array(length);
    case 'white':
      return white(length, random);
    case 'pink':
      return pink(length, random);
    case 'brown':
      return brown(length, random);
    case 'hum':
      return hum(length, random);
    case 'street':
      return street(length, random);
    case 'babble':
      return voices(length, part, random, 6);
    case 'television': {
      const mixed = voices(length, part, random, 1);
      add(mixed, melody(part, length, random), 0, 0.3);
      return mixed;
    }
    case 'music':
      return Float64Array.from(melody(part, length, random));
  }
}
