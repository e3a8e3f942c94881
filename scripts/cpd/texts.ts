// What persons and machines say when they answer, by language, in three parts that share no text.
// A machine's greeting is a list of sentences: the pauses between them are drawn for each case.
import { HELD_OUT } from './texts-held-out.ts';
import { TRAIN } from './texts-train.ts';
import { TUNE } from './texts-tune.ts';
import { between, type Language, type Part, pick } from './voices.ts';

/** What is said in one language. */
export interface Texts {
  readonly hellos: readonly string[];
  readonly names: readonly string[];
  readonly companies: readonly string[];
  /** Complete greetings, sentences parted by bars. */
  readonly greetings: readonly string[];
  /** Greetings of less than two seconds. */
  readonly shortGreetings: readonly string[];
  readonly network: readonly string[];
}

/** The texts of one part. */
export type TextsByLanguage = Readonly<Partial<Record<Language, Texts>>>;

const TEXTS: Readonly<Record<Part, TextsByLanguage>> = {
  train: TRAIN,
  tune: TUNE,
  'held-out': HELD_OUT,
};

/** How an answer is built: pieces of speech and the silence after each. */
export interface Spoken {
  readonly pieces: readonly { readonly text: string; readonly pauseAfterMs: number }[];
}

export type PersonKind = 'hello' | 'name' | 'company' | 'hello-hello' | 'long';
export type MachineKind = 'greeting' | 'short-greeting' | 'network';

function textsOf(part: Part, language: Language): Texts {
  const texts = TEXTS[part][language];
  if (texts === undefined) throw new RangeError(`no texts for ${language}`);
  return texts;
}

/** A salutation leads on to what follows; between sentences one breathes. */
const LONGEST_SALUTATION = 12;

function withPauses(random: () => number, texts: readonly string[], longestMs: number): Spoken {
  const pieces = texts.map((text) => {
    const isSalutation = text.length <= LONGEST_SALUTATION;
    const pauseAfterMs = isSalutation ? between(random, 60, 420) : between(random, 150, longestMs);
    return { text, pauseAfterMs };
  });
  return { pieces };
}

/** What a person says. */
export function drawPerson(
  part: Part,
  language: Language,
  kind: PersonKind,
  random: () => number,
): Spoken {
  const { hellos, names, companies } = textsOf(part, language);
  switch (kind) {
    case 'hello':
      return withPauses(random, [pick(random, hellos)], 200);
    case 'name':
      return withPauses(random, [pick(random, names)], 200);
    case 'company':
      return withPauses(random, [pick(random, companies)], 200);
    case 'hello-hello': {
      const text = pick(random, hellos);
      const again = random() < 0.5 ? text : pick(random, hellos);
      return {
        pieces: [
          { text, pauseAfterMs: between(random, 800, 2200) },
          { text: again, pauseAfterMs: 0 },
        ],
      };
    }
    case 'long':
      return withPauses(random, [pick(random, companies), pick(random, names)], 450);
  }
}

/** What a machine says. */
export function drawMachine(
  part: Part,
  language: Language,
  kind: MachineKind,
  random: () => number,
): Spoken {
  const { greetings, shortGreetings, network } = textsOf(part, language);
  switch (kind) {
    case 'greeting':
      return withPauses(random, pick(random, greetings).split('|'), 700);
    case 'short-greeting':
      return withPauses(random, [pick(random, shortGreetings)], 200);
    case 'network':
      return withPauses(random, pick(random, network).split('|'), 700);
  }
}
