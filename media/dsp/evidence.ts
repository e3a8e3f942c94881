// PURE. What was heard, in order, kept in fixed memory until a verdict wants it as evidence.
import type { CpdEvidence } from '../types.ts';

/** Enough for a greeting in sentences and its beep; the oldest give way. */
const ENTRIES = 16;

interface Entry {
  what: string;
  fromMs: number;
  toMs: number;
  levelDbov: number;
  /** 0: no single frequency. */
  frequencyHz: number;
}

/** The last sounds; `what` is a constant name, so writing takes no memory. */
export class EvidenceLog {
  readonly #entries: Entry[] = Array.from({ length: ENTRIES }, () => ({
    what: '',
    fromMs: 0,
    toMs: 0,
    levelDbov: 0,
    frequencyHz: 0,
  }));
  #count = 0;

  write(what: string, fromMs: number, toMs: number, levelDbov: number, frequencyHz: number): void {
    const entry = this.#entries[this.#count % ENTRIES];
    if (entry === undefined) return;
    entry.what = what;
    entry.fromMs = Math.max(0, fromMs);
    entry.toMs = Math.max(entry.fromMs, toMs);
    entry.levelDbov = levelDbov;
    entry.frequencyHz = frequencyHz;
    this.#count += 1;
  }

  /** The entries, oldest first, and behind them what the verdict rests on. */
  read(reason: readonly CpdEvidence[]): readonly CpdEvidence[] {
    const first = Math.max(0, this.#count - ENTRIES);
    const heard: CpdEvidence[] = [];
    for (let i = first; i < this.#count; i += 1) {
      const entry = this.#entries[i % ENTRIES];
      if (entry === undefined) continue;
      const { what, fromMs, toMs, levelDbov, frequencyHz } = entry;
      const measures = frequencyHz > 0 ? { levelDbov, frequencyHz } : { levelDbov };
      heard.push({ what, fromMs, toMs, measures });
    }
    return [...heard, ...reason];
  }
}
