// The grammars: everything that can be asked for can be said with the clips that are there, and
// nothing two ways at once.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { readWav } from '../../../media/codec/wav.ts';
import { roundWait } from '../../../media/prompts/grammar/phrase.ts';
import {
  phraseSources,
  PROMPT_LANGUAGES,
  PROMPT_NAMES,
  promptPath,
  spokenPhrase,
} from '../../../media/prompts/index.ts';
import type { Phrase, PromptLanguage } from '../../../media/prompts/index.ts';

/** Clips with `|` for pauses. */
function words(language: PromptLanguage, phrase: Phrase): string {
  return spokenPhrase(language, phrase)
    .map((spoken) => (typeof spoken === 'string' ? spoken : '|'))
    .join(' ');
}

const known = new Map<string, boolean>();
function isThere(path: string): boolean {
  const found = known.get(path) ?? existsSync(path);
  known.set(path, found);
  return found;
}

function assertSpeakable(language: PromptLanguage, phrase: Phrase): void {
  const sources = phraseSources(language, phrase);
  assert.ok(sources.length > 0, JSON.stringify(phrase));
  for (const source of sources) {
    if (source.kind === 'file') assert.ok(isThere(source.path), source.path);
  }
}

for (const language of PROMPT_LANGUAGES) {
  test(`${language}: every prompt of the pack is there and is sound`, () => {
    for (const name of PROMPT_NAMES) {
      const { samples, sampleRateHz, channels } = readWav(readFileSync(promptPath(language, name)));
      assert.deepEqual([sampleRateHz, channels], [8_000, 1], name);
      assert.ok(
        samples.some((sample) => Math.abs(sample) > 1_000),
        name,
      );
    }
  });

  test(`${language}: every number from 0 to 9999 can be said, and each sounds different`, () => {
    const said = new Set<string>();
    for (let value = 0; value <= 9_999; value += 1) {
      assertSpeakable(language, { kind: 'number', value });
      said.add(words(language, { kind: 'number', value }));
    }
    assert.equal(said.size, 10_000);
  });

  test(`${language}: every minute of the day, date and place can be said`, () => {
    const times = new Set<string>();
    for (let minuteOfDay = 0; minuteOfDay < 1_440; minuteOfDay += 1) {
      assertSpeakable(language, { kind: 'time', minuteOfDay });
      times.add(words(language, { kind: 'time', minuteOfDay }));
    }
    assert.equal(times.size, 1_440);
    for (let day = 1; day <= 31; day += 1) {
      const month = (day % 12) + 1;
      assertSpeakable(language, { kind: 'date', weekday: (day % 7) + 1, month, day });
    }
    for (let position = 1; position <= 200; position += 1) {
      assertSpeakable(language, { kind: 'position', position });
    }
  });

  test(`${language}: any phrase with any numbers is said with clips that are there`, () => {
    const any = fc.oneof(fc.integer(), fc.double());
    const phrase: fc.Arbitrary<Phrase> = fc.oneof(
      any.map((value): Phrase => ({ kind: 'number', value })),
      any.map((position): Phrase => ({ kind: 'position', position })),
      any.map((seconds): Phrase => ({ kind: 'wait', seconds })),
      fc.string().map((digits): Phrase => ({ kind: 'code', digits })),
      fc
        .tuple(any, any)
        .map(([fromMinute, toMinute]): Phrase => ({ kind: 'window', fromMinute, toMinute })),
      fc
        .tuple(any, any, any)
        .map(([weekday, month, day]): Phrase => ({ kind: 'date', weekday, month, day })),
    );
    fc.assert(fc.property(phrase, (value) => assertSpeakable(language, value)));
  });

  test(`${language}: clips meet at silence, so that none clicks`, () => {
    const paths = new Set<string>();
    for (let value = 0; value <= 9_999; value += 37) {
      for (const source of phraseSources(language, { kind: 'number', value })) {
        if (source.kind === 'file') paths.add(source.path);
      }
    }
    for (const path of paths) {
      const { samples } = readWav(readFileSync(path));
      const edges = [...samples.subarray(0, 160), ...samples.subarray(-160)];
      assert.ok(Math.max(...edges.map(Math.abs)) < 50, path);
    }
  });
}

const EXAMPLES: readonly (readonly [PromptLanguage, Phrase, string])[] = [
  ['en', { kind: 'number', value: 2_305 }, 't2 h3 n5'],
  ['en', { kind: 'number', value: 45 }, 'n40 n5'],
  ['de', { kind: 'number', value: 45 }, 'n45'],
  ['en', { kind: 'position', position: 3 }, 'you-are place3 in-line'],
  ['en', { kind: 'position', position: 1 }, 'next-in-line'],
  ['de', { kind: 'position', position: 25 }, 'you-are-number n25'],
  ['en', { kind: 'wait', seconds: 300 }, 'your-wait-is about n5 minutes'],
  ['de', { kind: 'wait', seconds: 70 }, 'your-wait-is about one-minute'],
  ['de', { kind: 'wait', seconds: 5_400 }, 'your-wait-is about one-hour and n30 minutes'],
  ['en', { kind: 'window', fromMinute: 850, toMinute: 865 }, 'between n2 n10 and n2 n20 n5 pm'],
  ['en', { kind: 'window', fromMinute: 710, toMinute: 720 }, 'between n11 n50 am and noon'],
  [
    'de',
    { kind: 'window', fromMinute: 850, toMinute: 865 },
    'between n14 oclock n10 and n14 oclock n25',
  ],
  ['en', { kind: 'time', minuteOfDay: 545 }, 'n9 oh n5 am'],
  ['de', { kind: 'time', minuteOfDay: 60 }, 'one-oclock'],
  ['en', { kind: 'date', weekday: 1, month: 3, day: 3 }, 'weekday1 | month3 day3'],
  ['de', { kind: 'date', weekday: 1, month: 3, day: 3 }, 'weekday1 | day3 month3'],
  ['en', { kind: 'code', digits: '40#1' }, 'your-code-is | n4 | n0 | pound | n1'],
];

for (const [language, phrase, expected] of EXAMPLES) {
  test(`${language}: ${JSON.stringify(phrase)} is "${expected}"`, () => {
    assert.equal(words(language, phrase), expected);
  });
}

test('a rounded wait never says less for more, and never more than half off', () => {
  const minutesOf = (seconds: number): number => {
    const wait = roundWait(seconds);
    switch (wait.unit) {
      case 'under-a-minute':
        return 0;
      case 'minutes':
        return wait.minutes;
      case 'hours':
        return wait.hours * 60 + wait.minutes;
      case 'over-a-day':
        return 24 * 60;
    }
  };
  let before = 0;
  for (let seconds = 0; seconds < 90_000; seconds += 1) {
    const minutes = minutesOf(seconds);
    assert.ok(minutes >= before, `${seconds} s: ${minutes} after ${before}`);
    const off = Math.abs(minutes - seconds / 60);
    assert.ok(seconds < 60 || seconds > 84_600 || off <= minutes / 2, `${seconds} s: ${minutes}`);
    before = minutes;
  }
});
