// What `ringback doctor` concludes from what it was told. PURE: answers of the server in, findings
// out, each with what to do about it.
import type { Schema } from '../client/index.ts';
import { duration, padded, printable } from './format.ts';

export interface Finding {
  readonly check: string;
  readonly verdict: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do; null: nothing. */
  readonly remedy: string | null;
}

/** The Date header has whole seconds, and the way takes its time. */
const SKEW_OK_MS = 3_000;
const SKEW_WARN_MS = 60_000;
const MAX_NAMES = 5;

export const ok = (check: string, detail: string): Finding => ({
  ...{ check, verdict: 'ok', detail, remedy: null },
});
export const warn = (check: string, detail: string, remedy: string): Finding => ({
  ...{ check, verdict: 'warn', detail, remedy },
});
export const fail = (check: string, detail: string, remedy: string): Finding => ({
  ...{ check, verdict: 'fail', detail, remedy },
});

/** @param date the Date header; @param nowMs here, when the answer came */
export function clockFinding(date: string | null, nowMs: number): Finding {
  const serverMs = Date.parse(date ?? '');
  if (Number.isNaN(serverMs)) {
    return warn('clock', 'the answer has no Date', 'Ask the server itself, not what is before it.');
  }
  const skewMs = Math.abs(nowMs - serverMs);
  if (skewMs <= SKEW_OK_MS) return ok('clock', 'as here');
  const detail = `the server is ${duration(skewMs)} ${nowMs > serverMs ? 'behind' : 'ahead'}`;
  const remedy = 'Synchronise both clocks (NTP): callbacks are promised for times of day.';
  return (skewMs <= SKEW_WARN_MS ? warn : fail)('clock', detail, remedy);
}

export function readinessFindings({ checks }: Schema<'Readiness'>): readonly Finding[] {
  const found = Object.entries(checks).map(([name, { ready, reason }]) =>
    ready
      ? ok(`ready: ${name}`, 'yes')
      : fail(
          `ready: ${name}`,
          reason ?? 'no',
          'See the log of the server: its lines of level warn and error.',
        ),
  );
  return found.length === 0 ? [ok('ready', 'yes')] : found;
}

export function trunkFindings(trunks: readonly Schema<'Trunk'>[]): readonly Finding[] {
  if (trunks.length === 0) {
    return [warn('trunks', 'none', 'Configure one (`trunks`): no customer can be called.')];
  }
  const isAnyUp = trunks.some(({ state }) => state === 'up');
  return trunks.map(({ name, state, reason }) => {
    const check = `trunk ${name}`;
    if (state === 'up') return ok(check, 'up');
    const detail = reason === null ? state : `${state}: ${reason}`;
    const remedy = {
      disabled: `Enable it: POST /api/v1/trunks/${name}/enable.`,
      resting: 'It asked for a rest; look whether it is given more calls than it takes.',
      down: 'Check its host, port and credentials, and that packets get there and back.',
    }[state];
    return (isAnyUp ? warn : fail)(check, detail, remedy);
  });
}

export function agentFindings(agents: readonly Schema<'Agent'>[]): readonly Finding[] {
  if (agents.length === 0) {
    return [warn('agents', 'none', 'Configure agents, or make them: POST /api/v1/agents.')];
  }
  const registered = agents.filter(({ phoneRegistered }) => phoneRegistered);
  const loggedIn = agents.filter(({ state }) => state !== 'logged-out');
  const deaf = loggedIn.filter(({ phoneRegistered }) => !phoneRegistered);
  const of = `of ${agents.length}`;
  return [
    registered.length === 0
      ? warn('telephones', `0 ${of} registered`, 'Register one: docs/sip.md says how.')
      : ok('telephones', `${registered.length} ${of} registered`),
    loggedIn.length === 0
      ? warn('agents', `0 ${of} logged in`, 'Log one in: POST /api/v1/agents/ID/login.')
      : ok('agents', `${loggedIn.length} ${of} logged in`),
    ...(deaf.length === 0
      ? []
      : [
          warn(
            'agents',
            `logged in without a telephone: ${names(deaf.map(({ agentId }) => agentId))}`,
            'Register their telephones or log them out: they cannot be rung.',
          ),
        ]),
  ];
}

export interface DeadLetters {
  readonly id: string;
  readonly url: string;
  readonly dead: number;
  /** There are more than were counted. */
  readonly isMore: boolean;
}

export function webhookFindings(hooks: readonly DeadLetters[]): readonly Finding[] {
  const bad = hooks.filter(({ dead }) => dead > 0);
  if (bad.length === 0) {
    return [ok('webhooks', hooks.length === 0 ? 'none' : `${hooks.length}, no dead letters`)];
  }
  return bad.map(({ id, url, dead, isMore }) =>
    warn(
      `webhook ${id}`,
      `${dead}${isMore ? ' or more' : ''} dead letters for ${url}`,
      `Mend the receiver, then replay: POST /api/v1/webhooks/${id}/deliveries/DELIVERY/replay.`,
    ),
  );
}

function names(all: readonly string[]): string {
  const rest = all.length - MAX_NAMES;
  return `${all.slice(0, MAX_NAMES).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** `ok    clock   as here`, what to do under it. */
export function findingLines(findings: readonly Finding[]): readonly string[] {
  const width = Math.max(0, ...findings.map(({ check }) => printable(check).length));
  return findings.flatMap(({ check, verdict, detail, remedy }) => [
    `${verdict.padEnd(4)}  ${padded(printable(check), width)}  ${printable(detail)}`,
    ...(remedy === null ? [] : [`${' '.repeat(width + 8)}-> ${printable(remedy)}`]),
  ]);
}
