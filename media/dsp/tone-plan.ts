// PURE. What call progress sounds like in each country (ITU-T E.180 supplement 2; US and CA:
// Telcordia GR-506 s.17; UK: BT SIN 350). A new country is a new row; detectors never know rows.

/** What a tone of the plan says; `unobtainable` is a wrong or withdrawn number. */
export type ProgressKind = 'ringback' | 'busy' | 'reorder' | 'unobtainable';

/** A call progress tone: all frequencies at once, on and off in turn. */
export interface ProgressTone {
  readonly kind: ProgressKind;
  /** One or two; two closer than 35 Hz are one warbling tone. */
  readonly frequenciesHz: readonly number[];
  /** On, off, on, off ... until the sequence repeats. */
  readonly cadenceMs: readonly number[];
  /** Heard without a break for so long it is recognised before its cadence is; null: never. */
  readonly steadyMs: number | null;
}

/** All tones of one country's network. */
export type TonePlan = readonly ProgressTone[];

function row(
  kind: ProgressKind,
  frequenciesHz: readonly number[],
  cadenceMs: readonly number[],
  steadyMs: number | null = null,
): ProgressTone {
  return { kind, frequenciesHz, cadenceMs, steadyMs };
}

/** Two short rings and a pause, as in Britain and where its practice was taken over. */
const DOUBLE_RING = [400, 200, 400, 2000] as const;
/** Longer than any on period of the same frequency: the tone that never stops. */
const CONTINUOUS_MS = 4000;

const NORTH_AMERICA: TonePlan = [
  row('ringback', [440, 480], [2000, 4000], 800),
  row('busy', [480, 620], [500, 500]),
  row('reorder', [480, 620], [250, 250]),
];

/** By ISO 3166 country code; what a country plays as a SIT has no row. */
export const TONE_PLANS: ReadonlyMap<string, TonePlan> = new Map([
  ['US', NORTH_AMERICA],
  ['CA', NORTH_AMERICA],
  [
    'GB',
    [
      row('ringback', [400, 450], DOUBLE_RING),
      row('busy', [400], [375, 375]),
      row('reorder', [400], [400, 350, 225, 525]),
      row('unobtainable', [400], [10_000, 0], CONTINUOUS_MS),
    ],
  ],
  [
    'DE',
    [
      row('ringback', [425], [1000, 4000]),
      row('busy', [425], [480, 480]),
      row('reorder', [425], [240, 240]),
    ],
  ],
  [
    'FR',
    [
      row('ringback', [440], [1500, 3500]),
      row('busy', [440], [500, 500]),
      row('reorder', [440], [250, 250]),
    ],
  ],
  [
    'ES',
    [
      row('ringback', [425], [1500, 3000]),
      row('busy', [425], [200, 200]),
      row('reorder', [425], [200, 200, 200, 200, 200, 600]),
    ],
  ],
  [
    'IT',
    [
      row('ringback', [425], [1000, 4000]),
      row('busy', [425], [500, 500]),
      row('reorder', [425], [200, 200]),
    ],
  ],
  [
    'NL',
    [
      row('ringback', [425], [1000, 4000]),
      row('busy', [425], [500, 500]),
      row('reorder', [425], [250, 250]),
    ],
  ],
  // Congestion sounds like busy in Japan, and in Australia but for every other burst's level.
  ['JP', [row('ringback', [385, 415], [1000, 2000]), row('busy', [400], [500, 500])]],
  [
    'AU',
    [
      row('ringback', [400, 450], DOUBLE_RING),
      row('busy', [425], [375, 375]),
      row('unobtainable', [425], [2500, 500]),
    ],
  ],
  [
    'CN',
    [
      row('ringback', [450], [1000, 4000]),
      row('busy', [450], [350, 350]),
      row('reorder', [450], [700, 700]),
      row('unobtainable', [450], [100, 100, 100, 100, 100, 100, 400, 400]),
    ],
  ],
  [
    'IN',
    [
      row('ringback', [375, 425], DOUBLE_RING),
      row('busy', [400], [750, 750]),
      row('reorder', [400], [250, 250]),
    ],
  ],
  [
    'BR',
    [
      row('ringback', [425], [1000, 4000]),
      row('busy', [425], [250, 250]),
      row('unobtainable', [425], [250, 250, 750, 250]),
    ],
  ],
]);

/** The plan of a country (`UK` is `GB`); that of the US when the country has none here. */
export function tonePlanOf(country: string): TonePlan {
  return TONE_PLANS.get(country === 'UK' ? 'GB' : country) ?? NORTH_AMERICA;
}
