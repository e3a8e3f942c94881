// The wide cases of the corpus: any engine, rates from slow to hasty, whispers, greetings whose
// pauses the engine makes, menus, impatient persons, words cut off at the start, breaths, comfort
// noise, the echo of our own prompt, automatic gain, beeps of more forms. Knows no lines.
import { atLevel, concat, gain, silence, tone } from '../../test/support/audio.ts';
import { type Beep, drawWideBeep, soundOf } from './signals.ts';
import { speak } from './speak.ts';
import { drawMachine, drawPerson } from './texts.ts';
import { WIDE, type WideTexts } from './texts-wide.ts';
import { between, drawWideVoice, type Engine, type Part, pick, type Voice } from './voices.ts';

const MS = 8;

export type WideKind =
  | 'wide-hello'
  | 'wide-name'
  | 'wide-opening'
  | 'wide-again'
  | 'wide-recorded'
  | 'wide-curt'
  | 'wide-sentences';

export const WIDE_PERSONS: readonly (readonly [WideKind, number])[] = [
  ['wide-hello', 0.45],
  ['wide-name', 0.25],
  ['wide-opening', 0.15],
  ['wide-again', 0.15],
];
export const WIDE_MACHINES: readonly (readonly [WideKind, number])[] = [
  ['wide-recorded', 0.45],
  ['wide-curt', 0.2],
  ['wide-sentences', 0.35],
];

/** What is done to a call before the line. */
export interface Scene {
  readonly isClipped: boolean;
  readonly breath: 'none' | 'before' | 'after';
  readonly hasComfortNoise: boolean;
  readonly hasPromptEcho: boolean;
  readonly hasAutomaticGain: boolean;
}

export interface WideCall {
  readonly signal: Int16Array;
  readonly scene: Scene;
  readonly voice: string;
  readonly firstWordMs: number;
  readonly lastWordMs: number;
  readonly beep: (Beep & { readonly fromMs: number; readonly toMs: number }) | null;
}

/** Most calls have one peculiarity or none. */
function drawScene(random: () => number): Scene {
  return {
    isClipped: random() < 0.12,
    breath: random() < 0.8 ? 'none' : pick(random, ['before', 'after']),
    hasComfortNoise: random() < 0.2,
    hasPromptEcho: random() < 0.12,
    hasAutomaticGain: random() < 0.12,
  };
}

/** Noise that swells and dies away. */
function breath(random: () => number): Int16Array {
  const length = Math.round(between(random, 150, 450) * MS);
  const peak = between(random, 200, 900);
  let low = 0;
  return Int16Array.from({ length }, (_, i) => {
    low += 0.5 * (2 * random() - 1 - low);
    return Math.round(2 * peak * Math.sin((Math.PI * i) / length) * low);
  });
}

/** Texts of a language that is not English come from the other cases. */
function textsFor(part: Part, language: string): WideTexts | null {
  return language === 'en' ? WIDE[part] : null;
}

interface Words {
  readonly text: string;
  readonly pauseAfterMs: number;
}

function once(text: string): readonly Words[] {
  return [{ text, pauseAfterMs: 0 }];
}

/** "Hello? ... Hello? ... Hello!" */
function again(random: () => number, text: string): readonly Words[] {
  const times = random() < 0.6 ? 2 : 3;
  return Array.from({ length: times }, (_, i) => ({
    text: i === 2 ? text.replace('?', '!') : text,
    pauseAfterMs: between(random, 900, 2200),
  }));
}

function wordsOf(
  part: Part,
  language: Parameters<typeof drawPerson>[1],
  kind: WideKind,
  random: () => number,
): readonly Words[] {
  const wide = textsFor(part, language);
  const whole = (pieces: readonly { readonly text: string }[]): readonly Words[] =>
    once(pieces.map(({ text }) => text).join(' '));
  const person = (what: 'hello' | 'name' | 'company'): string =>
    drawPerson(part, language, what, random).pieces[0]?.text ?? '';
  switch (kind) {
    case 'wide-hello':
      return once(wide === null ? person('hello') : pick(random, wide.hellos));
    case 'wide-name':
      return once(wide === null ? person('name') : pick(random, wide.names));
    case 'wide-opening':
      return once(wide === null ? person('company') : pick(random, wide.openings));
    case 'wide-again':
      return again(random, wide === null ? person('hello') : pick(random, wide.hellos));
    case 'wide-recorded': {
      if (wide !== null) return once(pick(random, wide.recorded));
      const drawn = pick(random, ['greeting', 'network'] as const);
      return whole(drawMachine(part, language, drawn, random).pieces);
    }
    case 'wide-curt':
      if (wide !== null) return once(pick(random, wide.curt));
      return drawMachine(part, language, 'short-greeting', random).pieces;
    case 'wide-sentences': {
      const drawn = wide === null ? null : pick(random, wide.recorded);
      if (drawn === null) return drawMachine(part, language, 'greeting', random).pieces;
      const sentences = drawn.split(/(?<=\.) /u);
      return sentences.map((text) => ({ text, pauseAfterMs: between(random, 200, 600) }));
    }
  }
}

function sayAll(voice: Voice, words: readonly Words[]): Int16Array {
  const parts = words.flatMap(({ text, pauseAfterMs }, i) => [
    atLevel(speak(voice, text), -20),
    silence(i < words.length - 1 ? pauseAfterMs : 0),
  ]);
  return concat(...parts);
}

function add(into: Int16Array, sound: Int16Array, from: number): Int16Array {
  return into.map((sample, i) =>
    Math.max(-32768, Math.min(32767, sample + (sound[i - from] ?? 0))),
  );
}

/** Noise where nothing is sent, so that the line does not seem dead. */
function comfort(signal: Int16Array, random: () => number): Int16Array {
  const peak = between(random, 10, 60);
  let quiet = 1000;
  return signal.map((sample) => {
    quiet = Math.abs(sample) > 60 ? 0 : quiet + 1;
    return quiet < 240 ? sample : Math.round(sample + peak * (2 * random() - 1));
  });
}

/** Loud is made softer at once, soft louder by and by. */
function automaticGain(signal: Int16Array): Int16Array {
  let loud = 3000;
  return signal.map((sample) => {
    const now = Math.abs(sample);
    loud = now > loud ? loud + 0.01 * (now - loud) : Math.max(600, loud * 0.9999);
    return Math.max(-32768, Math.min(32767, Math.round((sample * 3000) / loud)));
  });
}

/** Our own words, far softer and later, as they come back from the far end. */
function promptEcho(signal: Int16Array, voice: Voice, random: () => number): Int16Array {
  const prompt = atLevel(speak(voice, 'Hello, please hold on for a moment.'), -20);
  const soft = gain(prompt, -between(random, 18, 32));
  return add(signal, soft, Math.round(between(random, 100, 400) * MS));
}

/** Makes a wide call as it leaves the far end. */
export function wideCall(
  part: Part,
  engine: Engine,
  kind: WideKind,
  random: () => number,
): WideCall {
  const [language, voice] = drawWideVoice(part, engine, random);
  const scene = drawScene(random);
  const said = sayAll(voice, wordsOf(part, language, kind, random));
  const cut = scene.isClipped ? Math.round(between(random, 30, 120) * MS) : 0;
  const quiet = silence(between(random, 60, random() < 0.85 ? 1500 : 3200));
  const ring = random() < 0.12 ? tone([440, 480], between(random, 100, 600), -24) : silence(0);
  const breathed = scene.breath === 'before' ? concat(breath(random), silence(80)) : silence(0);
  const before = scene.isClipped ? silence(0) : concat(ring, quiet, breathed);
  const words = said.subarray(Math.min(cut, said.length >> 2));
  const greeting = concat(before, words);
  const lastWordMs = greeting.length / MS;
  const isMachine = WIDE_MACHINES.some(([each]) => each === kind);
  const drawn = drawWideBeep(part, random);
  const gapMs = pick(random, [0, 80, 150, 250, 400, 600, 900, 1300, 2000]);
  const sound = isMachine ? soundOf(drawn) : silence(0);
  const after = scene.breath === 'after' ? concat(silence(200), breath(random)) : silence(0);
  const fromMs = lastWordMs + gapMs;
  const tail = isMachine ? concat(silence(gapMs), sound, silence(3000)) : silence(0);
  let signal = concat(greeting, isMachine ? tail : concat(after, silence(4000)));
  if (scene.hasPromptEcho) signal = promptEcho(signal, voice, random);
  if (scene.hasAutomaticGain) signal = automaticGain(signal);
  if (scene.hasComfortNoise) signal = comfort(signal, random);
  return {
    signal,
    scene,
    voice: engine === 'espeak-ng' ? voice.name : `${engine}:${voice.name}`,
    firstWordMs: before.length / MS,
    lastWordMs,
    beep: isMachine ? { ...drawn, fromMs, toMs: fromMs + sound.length / MS } : null,
  };
}
