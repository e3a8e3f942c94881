// What a test run said, file by file, and which files may run once more. Pure: reads no clock and
// no files; failure-reporter.ts writes the lines, scripts/test.ts acts on them.
// docs/decisions/0008-a-failed-file-runs-again.md says why there is such a thing.

/** One line of a report: a file is done, whatever came of it, or a test in it failed. */
export type ReportLine =
  | { readonly kind: 'finished'; readonly file: string }
  | { readonly kind: 'failed'; readonly file: string; readonly test: string; readonly why: string };

export type Failure = Extract<ReportLine, { kind: 'failed' }>;

/** What we read of an event of node:test; its other members are nobody's business here. */
export interface TestEvent {
  readonly type: string;
  readonly data: object;
}

interface FailureData {
  readonly name?: string;
  readonly file?: string;
  /** The file that was run, when the test stands in another one. */
  readonly entryFile?: string;
  readonly todo?: string | boolean;
  readonly skip?: string | boolean;
  readonly details?: { readonly error?: { failureType?: string; message?: string } };
}

/** Longest quotation of a failure. */
const MAX_WHY_CHARACTERS = 300;

/** What an event says of a file; null when nothing. */
export function lineOf({ type, data }: TestEvent): ReportLine | null {
  const { file, entryFile, name = '', todo, skip, details } = data as FailureData;
  const about = entryFile ?? file;
  if (about === undefined) return null;
  if (type === 'test:summary') return { kind: 'finished', file: about };
  // A test whose part failed only repeats what its part said.
  const own = details?.error?.failureType !== 'subtestsFailed';
  if (type !== 'test:fail' || !own || isSet(todo) || isSet(skip)) return null;
  const why = (details?.error?.message ?? '').split('\n')[0] ?? '';
  return { kind: 'failed', file: about, test: name, why: why.slice(0, MAX_WHY_CHARACTERS) };
}

/** An empty reason counts as well. */
function isSet(mark: string | boolean | undefined): boolean {
  return mark !== undefined && mark !== false;
}

/** Reads a report; a line that was not written to its end is left out. */
export function readReport(text: string): readonly ReportLine[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ReportLine);
}

/**
 * The first failure of each file that failed. Of a run that was ended because it hung, a file that
 * never finished failed, too.
 */
export function failuresOf(
  report: readonly ReportLine[],
  files: readonly string[],
  hung: boolean,
): readonly Failure[] {
  const first = new Map<string, Failure>();
  const finished = new Set<string>();
  for (const line of report) {
    if (line.kind === 'finished') finished.add(line.file);
    else if (!first.has(line.file)) first.set(line.file, line);
  }
  if (!hung) return [...first.values()];
  const unfinished = files.filter((file) => !finished.has(file) && !first.has(file));
  const hanging = unfinished.map((file): Failure => ({
    kind: 'failed',
    file,
    test: 'the whole file',
    why: 'did not end',
  }));
  return [...first.values(), ...hanging];
}

/** More failed files than this in a whole run are no accident of timing. */
export const MAX_FILES_AGAIN = 2;

/**
 * Whether these failures are worth a second look.
 * @param alreadyAgain files run again so far, in the whole run
 * @param isRandom whether a file tries random values: its failure is a find, not an accident
 */
export function mayRunAgain(
  failures: readonly Failure[],
  alreadyAgain: number,
  isRandom: (file: string) => boolean,
): boolean {
  const few = failures.length + alreadyAgain <= MAX_FILES_AGAIN;
  return failures.length > 0 && few && !failures.some(({ file }) => isRandom(file));
}

/** What is printed of a file that failed first and passed then. */
export function passedLate({ file, test, why }: Failure): string {
  return `passed only when run again: ${file} (${test}: ${why})`;
}
