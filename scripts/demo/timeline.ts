// What happened when, printed while it happens in aligned columns, and kept for the report.
import type { CallbackEventBody } from './api.ts';

export interface TimelineEntry {
  readonly elapsedMs: number;
  readonly who: string;
  readonly what: string;
}

const COLOURS: Readonly<Record<string, string>> = {
  api: '36',
  callback: '1',
  customer: '34',
  agent: '32',
  detection: '35',
  log: '33',
};

/** The story so far. */
export class Timeline {
  readonly entries: TimelineEntry[] = [];
  readonly #startedAtMs = performance.now();
  readonly #coloured = process.stdout.isTTY;

  /** @param who `api`, `callback`, `customer`, `agent`, `detection` or `log` */
  note(who: string, what: string): void {
    const elapsedMs = performance.now() - this.#startedAtMs;
    this.entries.push({ elapsedMs: Math.round(elapsedMs), who, what });
    const time = (elapsedMs / 1000).toFixed(3).padStart(8);
    const name = who.padEnd(10);
    const shown = this.#coloured ? `\x1b[${COLOURS[who] ?? '0'}m${name}\x1b[0m` : name;
    process.stdout.write(`  ${time}  ${shown} ${what}\n`);
  }
}

function percent(share: unknown): string {
  return typeof share === 'number' ? `${Math.round(share * 100)} %` : 'unknown';
}

/** A value of an event's data as text. */
function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function evidenceText(finding: Readonly<Record<string, unknown>>): string {
  const evidence = Array.isArray(finding['evidence']) ? finding['evidence'] : [];
  const steps = evidence.map((step: unknown) => {
    const { what, fromMs, toMs } = step as Readonly<Record<string, unknown>>;
    return `${text(what)} ${text(fromMs)}-${text(toMs)} ms`;
  });
  return steps.length === 0 ? '' : `: ${steps.slice(0, 4).join(', ')}`;
}

function findingText(value: unknown): string {
  const finding = (value ?? {}) as Readonly<Record<string, unknown>>;
  const { kind, confidence, atMs } = finding;
  const after = typeof atMs === 'number' ? ` after ${(atMs / 1000).toFixed(2)} s` : '';
  return `${text(kind)}, ${percent(confidence)} sure${after}${evidenceText(finding)}`;
}

function failureText(value: unknown): string {
  const failure = (value ?? {}) as Readonly<Record<string, unknown>>;
  const status = text(failure['sipStatus']) || 'no status';
  const cause = text(failure['q850Cause']);
  const heard = failure['cpd'] ? `, heard ${findingText(failure['cpd'])}` : '';
  const ours = failure['cancelledByUs'] === true ? ', given up by us' : '';
  return `${status} ${text(failure['reason'])}${cause ? `, Q.850 ${cause}` : ''}${ours}${heard}`;
}

/** One line of a callback's history in words. */
export function describe(event: CallbackEventBody): {
  readonly who: string;
  readonly what: string;
} {
  const { data, type, state } = event;
  const agent = text(data['agentId']);
  const outcome = data['result'] === undefined ? '' : ` [attempt ${text(data['result'])}]`;
  const reason = state === 'completed' ? ` -> completed ${text(data['reason'])}` : ` -> ${state}`;
  const end = `${outcome}${reason}`;
  switch (type) {
    case 'agent-reserved':
    case 'agent-assigned':
      return { who: 'callback', what: `${agent} is ${type.slice(6)}${end}` };
    case 'customer-classified':
      return { who: 'detection', what: `${findingText(data['finding'])}${end}` };
    case 'customer-failed':
      return { who: 'callback', what: `not reached: ${failureText(data['failure'])}${end}` };
    case 'agent-failed':
      return { who: 'callback', what: `agent not reached: ${text(data['why'])}${end}` };
    case 'treatment-ended':
      return { who: 'callback', what: `prompt "${text(data['treatment'])}" was played${end}` };
    default:
      return { who: 'callback', what: `${type.replaceAll('-', ' ')}${end}` };
  }
}
