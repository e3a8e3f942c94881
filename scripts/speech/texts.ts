// What a language's announcer says: whole prompts, and the clips from which sentences with numbers
// are put together (media/prompts/grammar). Types, and the clips that only count.

/** An espeak-ng voice: name, words a minute, pitch 0 to 99. */
export interface Voice {
  readonly name: string;
  readonly wordsPerMinute: number;
  readonly pitch: number;
}

export type Texts = Readonly<Record<string, string>>;

export interface LanguagePack {
  readonly voice: Voice;
  /** By name of the prompt. */
  readonly prompts: Texts;
  /** By name of the clip. */
  readonly clips: Texts;
}

/** `prefix1`, `prefix2` ... for a list of texts. */
export function counted(prefix: string, texts: readonly string[], first = 1): Texts {
  return Object.fromEntries(texts.map((text, index) => [`${prefix}${first + index}`, text]));
}

/** `from` to `to`, both included, each as `textOf` writes it. */
export function range(from: number, to: number, textOf: (n: number) => string): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => textOf(from + index));
}
