// The machine's state and events in the words of the API: the record others may read, and the
// lines of its history. PURE.
import type { CallbackAccess } from './access.ts';
import type { AskedNow, CallbackRecord, CallbackStateName } from './model.ts';
import type { CallbackMachineEvent, CallbackMachineState, CallbackPhase } from './state.ts';

/** The state the API shows for a phase. */
export function stateNameOf(phase: CallbackPhase): CallbackStateName {
  switch (phase.name) {
    case 'deferred':
      return 'waiting-retry';
    case 'closed':
      return 'scheduled';
    case 'asking-customer':
    case 'awaiting-call':
    case 'previewing':
      return 'queued';
    case 'ringing-agent':
    case 'classifying':
    case 'leaving-message':
      return 'dialing';
    case 'on-line':
    case 'apologizing':
    case 'confirming':
      return 'routing';
    case 'surveying':
      return 'connected';
    case 'scheduled':
    case 'queued':
    case 'dialing':
    case 'connected':
    case 'waiting-retry':
    case 'completed':
      return phase.name;
  }
}

export function toRecord(state: CallbackMachineState): CallbackRecord {
  const { promise, phase } = state;
  return {
    id: promise.id,
    revision: state.revision,
    queueId: promise.queueId,
    customerNumber: promise.customerNumber,
    state: stateNameOf(phase),
    reason: phase.name === 'completed' ? phase.reason : null,
    priority: promise.priority,
    createdAtMs: promise.createdAtMs,
    desiredTimeMs: promise.desiredTimeMs,
    arrivedAtMs: promise.arrivedAtMs,
    expiresAtMs: promise.expiresAtMs,
    completedAtMs: phase.name === 'completed' ? phase.completedAtMs : null,
    dialMode: promise.dialMode,
    firstParty: promise.firstParty,
    maxAttempts: promise.maxAttempts,
    retryGapMs: promise.retryGapMs,
    requiredSkills: promise.requiredSkills,
    attempts: state.attempts,
    nextAttemptAtMs: nextAttemptOf(phase),
    userData: promise.userData,
    timeZone: promise.timeZone ?? null,
    language: promise.language ?? null,
    predictedWaitMs: promise.predictedWaitMs ?? null,
    ...(state.survey === undefined ? {} : { survey: state.survey }),
    agentId: promise.preferredAgent?.agentId ?? null,
    agentStrict: promise.preferredAgent?.forSeconds === null,
    asked: askedOf(phase),
    previewRejects: state.previewRejects ?? 0,
    disposition: state.disposition ?? null,
    access: accessOf(state),
  };
}

/** What its customer dials and keys; null: we call, or it is over. */
export function accessOf({ promise, phase }: CallbackMachineState): CallbackAccess | null {
  const { callIn } = promise;
  if (callIn === undefined || phase.name === 'completed') return null;
  const { accessNumber, accessCode } = callIn;
  const isAwaited = phase.name === 'awaiting-call';
  const expiresAtMs = isAwaited ? phase.giveUpAtMs : promise.expiresAtMs;
  return { accessNumber, accessCode, expiresAtMs, isAwaited };
}

/** Who is asked right now, before the call. */
function askedOf(phase: CallbackPhase): AskedNow | null {
  if (phase.name === 'asking-customer') {
    return { who: 'customer', agentId: null, untilMs: phase.giveUpAtMs };
  }
  if (phase.name !== 'previewing') return null;
  return { who: 'agent', agentId: phase.agent.agentId, untilMs: phase.giveUpAtMs };
}

function nextAttemptOf(phase: CallbackPhase): number | null {
  if (phase.name === 'waiting-retry') return phase.nextAttemptAtMs;
  if (phase.name === 'closed') return phase.opensAtMs;
  return phase.name === 'deferred' ? phase.recheckAtMs : null;
}

/** A line of the history before the store numbers it. */
export interface HistoryLine {
  readonly revision: number;
  readonly atMs: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly state: CallbackStateName;
}

/** The first line of every history. User data stays out of it. */
export function historyOfCreation(state: CallbackMachineState): HistoryLine {
  const { queueId, desiredTimeMs, arrivedAtMs, expiresAtMs, createdAtMs } = state.promise;
  const data = { queueId, desiredTimeMs, arrivedAtMs, expiresAtMs, phase: state.phase.name };
  return line(state, createdAtMs, 'created', data);
}

/** What `event` did, which took the callback from `before` to `after`. */
export function historyOf(
  event: CallbackMachineEvent,
  before: CallbackMachineState,
  after: CallbackMachineState,
): HistoryLine {
  const cut = isCutOff(event, before) ? { interrupted: true } : {};
  const data = { ...factsOf(event), ...consequencesOf(before, after), ...cut };
  return line(after, event.atMs, typeOf(event), data);
}

function line(
  state: CallbackMachineState,
  atMs: number,
  type: string,
  data: HistoryLine['data'],
): HistoryLine {
  return { revision: state.revision, atMs, type, data, state: stateNameOf(state.phase) };
}

function typeOf(event: CallbackMachineEvent): string {
  switch (event.type) {
    case 'agent-noticed':
      return event.notice.type;
    case 'call-reported':
      return event.event.type;
    case 'move-requested':
      return 'moved';
    case 'call-landed':
      return 'called-in';
    case 'answer-given':
      return event.answer.by === 'agent' ? 'preview-answered' : 'ready-answered';
    case 'disposition-given':
    case 'time-passed':
    case 'cancel-requested':
    case 'process-restarted':
    case 'command-failed':
      return event.type;
    case 'merge-requested':
      return 'merged';
  }
}

function factsOf(event: CallbackMachineEvent): HistoryLine['data'] {
  switch (event.type) {
    case 'agent-noticed': {
      const { type: _, ...facts } = event.notice;
      return event.numberInUse ? { ...facts, numberInUse: true } : facts;
    }
    case 'call-reported': {
      const { type: _, ...facts } = event.event;
      return facts;
    }
    case 'command-failed':
      return { command: event.command, reason: event.reason };
    case 'move-requested': {
      const { desiredTimeMs, expiresAtMs } = event.promise;
      return { desiredTimeMs, expiresAtMs };
    }
    case 'answer-given': {
      const { by: _, ...facts } = event.answer;
      return facts;
    }
    case 'call-landed':
      return { callerId: event.callerId };
    case 'disposition-given':
      return { outcome: event.disposition.outcome };
    case 'time-passed':
    case 'cancel-requested':
    case 'merge-requested':
    case 'process-restarted':
      return {};
  }
}

/** What became of it: phase, ended attempt, reason, and why a doubt counts as a person. */
function consequencesOf(
  before: CallbackMachineState,
  after: CallbackMachineState,
): HistoryLine['data'] {
  const last = after.attempts.at(-1);
  const wasLive = before.attempts.at(-1)?.endedAtMs === null;
  const ended = wasLive && last !== undefined && last.endedAtMs !== null;
  const doubted =
    before.phase.name === 'classifying' &&
    after.phase.name === 'on-line' &&
    last?.cpd?.kind !== 'person';
  return {
    from: before.phase.name,
    phase: after.phase.name,
    ...(ended ? { attempt: last.number, result: last.result } : {}),
    ...(doubted ? { treatedAs: 'person', because: last?.cpd?.kind ?? 'undecided' } : {}),
    ...(after.phase.name === 'completed' ? { reason: after.phase.reason } : {}),
  };
}

/** The question that a step opened, as a line of its own for those who pass it on. */
export function questionOf(
  before: CallbackMachineState,
  after: CallbackMachineState,
  atMs: number,
): HistoryLine | null {
  if (after.phase.name === 'awaiting-call' && before.phase.name !== 'awaiting-call') {
    const { accessNumber, accessCode, expiresAtMs } = accessOf(after) ?? {};
    return line(after, atMs, 'call-in-asked', { accessNumber, accessCode, untilMs: expiresAtMs });
  }
  const asked = askedOf(after.phase);
  const open = askedOf(before.phase);
  if (asked === null) return null;
  if (asked.who === open?.who && asked.untilMs === open.untilMs) return null;
  const { untilMs, agentId } = asked;
  return asked.who === 'agent'
    ? line(after, atMs, 'preview-offered', { agentId, untilMs })
    : line(after, atMs, 'ready-asked', { untilMs });
}

/** A conversation that a dying process cut off: the promise was kept all the same. */
function isCutOff(event: CallbackMachineEvent, before: CallbackMachineState): boolean {
  const lost =
    event.type === 'process-restarted' ||
    (event.type === 'call-reported' && event.event.type === 'call-lost');
  return lost && before.phase.name === 'connected';
}
