// Composes the waiting music: eight bars of soft broken chords over a bass, our own notes, made of
// decaying sines. Ends where it begins, so it loops without a seam. No recording is involved.

const BEATS_PER_MINUTE = 84;
const BEATS_PER_BAR = 4;
const PEAK = 9000;

/** One bar: a bass note and the four notes of its chord, as MIDI numbers (69 = 440 Hz). */
type Bar = readonly [bass: number, chord: readonly [number, number, number, number]];

/** C, a minor, F, G with sevenths and a turn: calm, no cadence that seems to end. */
const BARS: readonly Bar[] = [
  [48, [60, 64, 67, 71]],
  [45, [60, 64, 67, 69]],
  [53, [60, 65, 69, 72]],
  [55, [59, 62, 67, 71]],
  [52, [59, 64, 67, 71]],
  [45, [60, 64, 69, 72]],
  [50, [60, 65, 69, 74]],
  [55, [59, 65, 67, 71]],
];

/** Order in which the chord's notes are struck, one each half beat. */
const PATTERN = [0, 1, 2, 3, 2, 1, 2, 1] as const;

/** A sparse melody over it: bar, beat, MIDI note, beats. */
const MELODY: readonly (readonly [number, number, number, number])[] = [
  [0, 0, 76, 3],
  [0, 3, 74, 1],
  [1, 0, 72, 4],
  [2, 0, 77, 2],
  [2, 2, 76, 2],
  [3, 0, 74, 4],
  [4, 0, 79, 3],
  [4, 3, 76, 1],
  [5, 0, 72, 4],
  [6, 0, 74, 2],
  [6, 2, 77, 2],
  [7, 0, 74, 3],
  [7, 3, 71, 1],
];

function frequencyHz(midiNote: number): number {
  return 440 * 2 ** ((midiNote - 69) / 12);
}

/** Adds one struck note, wrapping round the end so that tails ring into the next pass. */
function strike(
  mix: Float64Array,
  sampleRateHz: number,
  atSeconds: number,
  note: number,
  decaySeconds: number,
  loudness: number,
): void {
  const start = Math.round(atSeconds * sampleRateHz);
  const length = Math.round(decaySeconds * 5 * sampleRateHz);
  const stepRad = (2 * Math.PI * frequencyHz(note)) / sampleRateHz;
  for (let i = 0; i < length; i += 1) {
    const attack = Math.min(1, i / (0.012 * sampleRateHz));
    const envelope = attack * Math.exp(-i / (decaySeconds * sampleRateHz));
    const wave = Math.sin(stepRad * i) + 0.35 * Math.sin(2 * stepRad * i) * envelope;
    const at = (start + i) % mix.length;
    mix[at] = (mix[at] ?? 0) + loudness * envelope * wave;
  }
}

/** The whole piece, about 23 s, mono. */
export function composeMusic(sampleRateHz: number): Int16Array {
  const beat = 60 / BEATS_PER_MINUTE;
  const bar = beat * BEATS_PER_BAR;
  const mix = new Float64Array(Math.round(BARS.length * bar * sampleRateHz));
  BARS.forEach(([bass, chord], index) => {
    strike(mix, sampleRateHz, index * bar, bass + 12, 1.2, 0.7);
    PATTERN.forEach((voice, step) => {
      const at = index * bar + (step * beat) / 2;
      strike(mix, sampleRateHz, at, chord[voice] ?? 60, 0.7, 0.5);
    });
  });
  for (const [index, beatAt, note, beats] of MELODY) {
    strike(mix, sampleRateHz, index * bar + beatAt * beat, note, 0.35 * beats * beat + 0.4, 0.8);
  }
  const loudest = mix.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0);
  return Int16Array.from(mix, (value) => Math.round((PEAK * value) / loudest));
}
