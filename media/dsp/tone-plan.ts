// PURE. What call progress sounds like in each country (ITU-T E.180 supplement 2; US: Telcordia
// GR-506 s.17, also ANSI T1.401). A new country is a new row; detectors read, never know, the rows.

/** A call progress tone: all frequencies at once, on and off in turn. */
export interface ProgressTone {
  readonly kind: 'ringback' | 'busy' | 'reorder';
  /** One or two frequencies. */
  readonly frequenciesHz: readonly number[];
  /** One on and one off period; a sequence with several on periods repeats its first pair. */
  readonly onMs: number;
  readonly offMs: number;
  /** Heard without a break for so long it is recognised before its cadence is; null: never. */
  readonly steadyMs: number | null;
}

/** All tones of one country's network. */
export type TonePlan = readonly ProgressTone[];

const US: TonePlan = [
  { kind: 'ringback', frequenciesHz: [440, 480], onMs: 2000, offMs: 4000, steadyMs: 800 },
  { kind: 'busy', frequenciesHz: [480, 620], onMs: 500, offMs: 500, steadyMs: null },
  { kind: 'reorder', frequenciesHz: [480, 620], onMs: 250, offMs: 250, steadyMs: null },
];

/** By ISO 3166 country code. */
export const TONE_PLANS: ReadonlyMap<string, TonePlan> = new Map([['US', US]]);

/** The plan of a country; that of the US when the country has none here. */
export function tonePlanOf(country: string): TonePlan {
  return TONE_PLANS.get(country) ?? US;
}
