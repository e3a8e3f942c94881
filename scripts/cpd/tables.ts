// The report's tables in Markdown, from what was heard.
import { BEEP_MARK_MS, type Heard, PROFILES } from './hear.ts';

type Column = 'first' | 'final';

function percent(part: number, total: number): string {
  return total === 0 ? '-' : `${((100 * part) / total).toFixed(1)} %`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function groups(heard: readonly Heard[], keyOf: (each: Heard) => string): [string, Heard[]][] {
  const found = new Map<string, Heard[]>();
  for (const each of heard) {
    const key = keyOf(each);
    const group = found.get(key);
    if (group === undefined) found.set(key, [each]);
    else group.push(each);
  }
  return [...found].toSorted(([a], [b]) => a.localeCompare(b));
}

function ofFamily(heard: readonly Heard[], ...families: readonly string[]): readonly Heard[] {
  return heard.filter(({ what }) => families.includes(what.family));
}

function right(heard: readonly Heard[], column: Column): number {
  return heard.filter((each) => each[column] === each.truth).length;
}

function share(heard: readonly Heard[], column: Column): string {
  return percent(right(heard, column), heard.length);
}

/** The value that a share of the sorted values does not exceed. */
function quantile(sorted: readonly number[], at: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(at * sorted.length))] ?? Number.NaN;
}

/** Seconds from the first word to the first verdict, when it is right; sorted. */
export function decisionSeconds(heard: readonly Heard[], family: string): readonly number[] {
  return ofFamily(heard, family)
    .flatMap(({ decidedMs, first, truth }) =>
      decidedMs === null || first !== truth ? [] : [decidedMs / 1000],
    )
    .toSorted((a, b) => a - b);
}

function balanced(heard: readonly Heard[], column: Column): string {
  const persons = ofFamily(heard, 'person');
  const machines = ofFamily(heard, 'machine');
  const mean = right(persons, column) / persons.length + right(machines, column) / machines.length;
  return `${(50 * mean).toFixed(1)} %`;
}

function beepErrors(heard: readonly Heard[]): readonly Heard[] {
  return heard.filter(({ beep, final }) => beep !== null && final === 'machine');
}

function isBeepRight({ beepErrorMs }: Heard): boolean {
  return beepErrorMs !== null && Math.abs(beepErrorMs) <= BEEP_MARK_MS;
}

/** The marks that detection is held to, and what was reached. */
export function marks(heard: readonly Heard[]): string {
  const persons = ofFamily(heard, 'person');
  const falseMachines = (column: Column): string =>
    percent(persons.filter((each) => each[column] === 'machine').length, persons.length);
  const seconds = decisionSeconds(heard, 'person');
  const short = decisionSeconds(
    heard.filter(({ what }) => /^(wide-)?(hello|name|hello-hello|again)$/u.test(what.kind)),
    'person',
  );
  const spoken = ofFamily(heard, 'person', 'machine');
  const within = (list: readonly number[]): string =>
    percent(list.filter((value) => value <= 1.8).length, list.length);
  const beeps = beepErrors(heard);
  return table(
    ['mark', 'wanted', 'first', 'final'],
    [
      ['call progress tones', '99 %', share(ofFamily(heard, 'tone'), 'first'), ''],
      ['SIT', '99 %', share(ofFamily(heard, 'sit'), 'first'), ''],
      ['fax and modem', '99 %', share(ofFamily(heard, 'fax'), 'first'), ''],
      [
        'person against machine, balanced',
        '97 %',
        balanced(heard, 'first'),
        balanced(heard, 'final'),
      ],
      ['person taken for a machine', 'at most 2 %', falseMachines('first'), falseMachines('final')],
      ['person decided, median', '1.0 s', `${quantile(seconds, 0.5).toFixed(2)} s`, ''],
      ['person decided within 1.8 s', '95 %', within(seconds), ''],
      [
        'person decided before the first word',
        'none',
        percent(seconds.filter((value) => value < 0).length, seconds.length),
        '',
      ],
      ['within 1.8 s, hellos and names only', '', within(short), ''],
      ['median, hellos and names only', '', `${quantile(short, 0.5).toFixed(2)} s`, ''],
      [
        `beep told within ${BEEP_MARK_MS} ms of its end`,
        '95 %',
        percent(beeps.filter(isBeepRight).length, beeps.length),
        '',
      ],
      [
        'persons and machines with a false beep',
        '',
        percent(spoken.filter(({ falseBeeps }) => falseBeeps > 0).length, spoken.length),
        '',
      ],
    ],
  );
}

/** Truth against verdict, counted: a row for each truth. */
export interface Matrix {
  readonly verdicts: readonly string[];
  readonly rows: readonly (readonly [truth: string, counts: readonly number[]])[];
}

export function counts(heard: readonly Heard[], column: Column): Matrix {
  const verdicts = [...new Set(heard.map((each) => each[column]))].toSorted();
  const rows = groups(heard, ({ truth }) => truth).map(([truth, group]) => {
    const counted = verdicts.map(
      (verdict) => group.filter((each) => each[column] === verdict).length,
    );
    return [truth, counted] as const;
  });
  return { verdicts, rows };
}

/** The matrix as a table; what did not happen stays empty. */
export function confusion(heard: readonly Heard[], column: Column): string {
  const { verdicts, rows } = counts(heard, column);
  const cells = rows.map(([truth, counted]) => [
    truth,
    ...counted.map((count) => (count === 0 ? '' : String(count))),
  ]);
  return table(['truth', ...verdicts], cells);
}

/** Accuracy by kind of call. */
export function byKind(heard: readonly Heard[]): string {
  const nameOf = ({ what, truth }: Heard): string =>
    what.family === 'tone' ? `tone: ${what.tonePlan} ${truth}` : `${what.family}: ${what.kind}`;
  const rows = groups(heard, nameOf).map(([name, group]) => [
    name,
    String(group.length),
    share(group, 'first'),
    share(group, 'final'),
  ]);
  return table(['kind', 'calls', 'first', 'final'], rows);
}

/** Decision times by kind of person and machine. */
export function times(heard: readonly Heard[]): string {
  const rows = groups(
    ofFamily(heard, 'person', 'machine'),
    ({ what }) => `${what.family}: ${what.kind}`,
  ).map(([name, group]) => {
    const seconds = decisionSeconds(group, group[0]?.what.family ?? '');
    const at = (part: number): string => `${quantile(seconds, part).toFixed(2)} s`;
    return [name, String(seconds.length), at(0.5), at(0.95)];
  });
  return table(['kind', 'calls', 'median', '95 % within'], rows);
}

/** Beeps told in time, by form and length. */
export function beeps(heard: readonly Heard[]): string {
  const lengthOf = (ms: number): string => (ms <= 150 ? '100 to 150 ms' : 'longer');
  const rows = groups(
    beepErrors(heard),
    ({ beep }) => `${beep?.kind ?? ''}, ${lengthOf(beep?.durationMs ?? 0)}`,
  ).map(([name, group]) => {
    const errors = group
      .flatMap(({ beepErrorMs }) => (beepErrorMs === null ? [] : [beepErrorMs]))
      .toSorted((a, b) => a - b);
    const at = (part: number): string => `${Math.round(quantile(errors, part))} ms`;
    const inTime = percent(group.filter(isBeepRight).length, group.length);
    return [name, String(group.length), inTime, at(0.05), at(0.5), at(0.95)];
  });
  return table(['beep', 'calls', `within ${BEEP_MARK_MS} ms`, '5 %', 'median', '95 %'], rows);
}

/** Persons and machines by what the line does. */
export function byLine(heard: readonly Heard[]): string {
  const spoken = ofFamily(heard, 'person', 'machine');
  const keys: readonly ((each: Heard) => string)[] = [
    ({ line }) =>
      line.background === 'none'
        ? 'background: none'
        : `background: ${line.background}, ${line.snrDb <= 18 ? '15 to 18' : '22 to 30'} dB SNR`,
    ({ line }) => `coding: ${line.coding}`,
    ({ line }) => `loss: ${Math.round(100 * line.lossShare)} %`,
    ({ line }) => `level: ${line.levelDbov < -27 ? '-35 to -28' : '-27 to -10'} dBov`,
    ({ line }) => `echo: ${line.echo === null ? 'no' : 'yes'}`,
    ({ what }) => `speech: ${what.engine}${what.isWide ? ', wide' : ''}`,
    ({ voice }) => `voice: ${(voice ?? '').replace(/\+.*/u, '')}`,
    ({ voice }) => `whispered: ${(voice ?? '').includes('+whisper') ? 'yes' : 'no'}`,
    ({ scene }) => `start cut off: ${scene?.isClipped === true ? 'yes' : 'no'}`,
    ({ scene }) => `breath: ${scene?.breath ?? 'none'}`,
    ({ scene }) => `comfort noise: ${scene?.hasComfortNoise === true ? 'yes' : 'no'}`,
    ({ scene }) => `echo of our prompt: ${scene?.hasPromptEcho === true ? 'yes' : 'no'}`,
    ({ scene }) => `automatic gain: ${scene?.hasAutomaticGain === true ? 'yes' : 'no'}`,
  ];
  const rows = keys.flatMap((keyOf) =>
    groups(spoken, keyOf).map(([name, group]) => [
      name,
      String(group.length),
      share(ofFamily(group, 'person'), 'final'),
      share(ofFamily(group, 'machine'), 'final'),
    ]),
  );
  return table(['what', 'calls', 'persons', 'machines'], rows);
}

/** How a profile moves the balance, on the same calls. */
export function profiles(all: readonly Heard[]): string {
  const cells = PROFILES.map((profile, i) => {
    const heard = all.map((each) => ({ ...each, ...each.profiles[i] }));
    const seconds = decisionSeconds(heard, 'person');
    return [
      profile,
      share(ofFamily(heard, 'person'), 'first'),
      share(ofFamily(heard, 'machine'), 'first'),
      balanced(heard, 'final'),
      `${quantile(seconds, 0.5).toFixed(2)} s`,
    ];
  });
  const head = ['profile', 'persons, first', 'machines, first', 'balanced, final', 'person median'];
  return table(head, cells);
}
