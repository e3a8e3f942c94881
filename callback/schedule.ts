// When: from request and settings to the promise, and until when it may be dialled. PURE.
import type { QueueEntry } from '../routing/index.ts';
import type { CallInPromise } from './access.ts';
import type { CallbackSettings, CreateCallback } from './model.ts';
import { numberKindOf } from './number-kind.ts';
import type { CallbackMachineState, CallbackPromise } from './state.ts';

/** A desired time may lie this far in the past: the clocks of clients are not ours. */
export const pastToleranceMs = 60_000;
/** A desired time may lie this far ahead: one leap year. */
export const maxAheadMs = 366 * 86_400_000;

/** Whether a desired time can be promised at `nowMs`. */
export function judgeDesiredTime(
  desiredTimeMs: number | null,
  nowMs: number,
): 'accepted' | 'past' | 'too-far' {
  if (desiredTimeMs === null) return 'accepted';
  if (desiredTimeMs < nowMs - pastToleranceMs) return 'past';
  return desiredTimeMs > nowMs + maxAheadMs ? 'too-far' : 'accepted';
}

/**
 * The promise that accepting `request` at `nowMs` makes. The place counts from the arrival given
 * (never from the future), else from the desired time, else from now. It expires so long after it
 * could first be dialled.
 * @param given number and code, for a customer who calls in
 */
export function makePromise(
  request: CreateCallback,
  settings: CallbackSettings,
  id: string,
  nowMs: number,
  dialAllowedAtMs = nowMs,
  given?: CallInPromise,
): CallbackPromise {
  const dueAtMs = Math.max(nowMs, request.desiredTimeMs ?? nowMs);
  const givenMs = request.arrivedAtMs === null ? null : Math.min(request.arrivedAtMs, nowMs);
  return {
    id,
    queueId: request.queueId,
    customerNumber: request.customerNumber,
    priority: request.priority ?? 0,
    createdAtMs: nowMs,
    desiredTimeMs: request.desiredTimeMs,
    arrivedAtMs: givenMs ?? dueAtMs,
    expiresAtMs: Math.max(dueAtMs, dialAllowedAtMs) + settings.ttlSeconds * 1000,
    dialMode: request.dialMode ?? settings.dialMode,
    firstParty: request.firstParty ?? settings.firstParty,
    maxAttempts: request.maxAttempts ?? settings.maxAttempts,
    retryGapMs: (request.retryGapSeconds ?? settings.retryGapSeconds) * 1000,
    requiredSkills: request.requiredSkills,
    userData: request.userData,
    ...(typeof request.language === 'string' ? { language: request.language } : {}),
    trunk: settings.trunk,
    callerId: settings.callerId ?? null,
    withholdCallerId: settings.withholdCallerId ?? false,
    ringTimeoutMs: settings.ringTimeoutSeconds * 1000,
    maxWaitOnLineMs: settings.maxWaitOnLineSeconds * 1000,
    greeting: settings.greeting,
    waiting: settings.waiting,
    machineMessage: settings.machineMessage,
    apology: settings.apology,
    record: settings.record,
    timeZone: request.timeZone ?? null,
    executionBufferMs: (settings.executionBufferSeconds ?? 0) * 1000,
    ...choicesOf(settings),
    ...preferredAgentOf(request, settings),
    ...(settings.preview ? { preview: settings.preview } : {}),
    ...(given === undefined ? {} : { callIn: given }),
    ...(settings.readyConfirm ? { readyConfirm: settings.readyConfirm } : {}),
  };
}

/** What its customer will be asked; nothing is written down of what is not. */
function choicesOf({ confirm, laterMinutes, survey }: CallbackSettings): Partial<CallbackPromise> {
  return {
    ...(confirm ? { confirm } : {}),
    ...(typeof laterMinutes === 'number' ? { laterMinutes } : {}),
    ...(survey === undefined || survey.length === 0 ? {} : { survey }),
  };
}

function preferredAgentOf(
  { agentId, agentStrict }: CreateCallback,
  { preferredAgentSeconds = 0 }: CallbackSettings,
): Pick<CallbackPromise, 'preferredAgent'> {
  if (agentId === undefined || agentId === null) return {};
  const forSeconds = agentStrict === true ? null : preferredAgentSeconds;
  return { preferredAgent: { agentId, forSeconds } };
}

/** What its customer wants changed; what is left out stays. */
export interface MoveCallback {
  /** null: as soon as possible, at the place it has. */
  readonly desiredTimeMs?: number | null;
  readonly customerNumber?: string;
  readonly timeZone?: string | null;
  readonly priority?: number;
  /** In place of all that was attached. */
  readonly userData?: Readonly<Record<string, string>>;
}

/** The promise after a move; who asks for a later time gives up the earlier place. */
export function movedPromise(
  promise: CallbackPromise,
  change: MoveCallback,
  settings: Pick<CallbackSettings, 'ttlSeconds'>,
  nowMs: number,
  dialAllowedAtMs = nowMs,
): CallbackPromise {
  const { desiredTimeMs = promise.desiredTimeMs, ...others } = change;
  if (desiredTimeMs === promise.desiredTimeMs) return { ...promise, ...others };
  const dueMs = Math.max(nowMs, desiredTimeMs ?? nowMs);
  return {
    ...promise,
    ...others,
    desiredTimeMs,
    arrivedAtMs: desiredTimeMs === null ? Math.min(promise.arrivedAtMs, nowMs) : dueMs,
    expiresAtMs: Math.max(dueMs, dialAllowedAtMs) + settings.ttlSeconds * 1000,
  };
}

/** From when the callback stands in the virtual queue. */
export function dueAtMs(promise: CallbackPromise): number {
  return Math.max(promise.createdAtMs, promise.desiredTimeMs ?? promise.createdAtMs);
}

/** From here on nobody is dialled: the telephone would ring beyond the expiry. */
export function dialClosesAtMs(promise: CallbackPromise): number {
  return promise.expiresAtMs - promise.ringTimeoutMs;
}

/** The place in the virtual queue; the same one after every retry. */
export function queueEntry(promise: CallbackPromise): QueueEntry {
  return {
    interactionId: promise.id,
    queueId: promise.queueId,
    kind: 'callback',
    priority: promise.priority,
    arrivedAtMs: promise.arrivedAtMs,
    requiredSkills: promise.requiredSkills,
    dialMode: promise.dialMode,
    ...(promise.preferredAgent ? { preferredAgent: promise.preferredAgent } : {}),
    // How soon a telephone is answered says nothing of who is told to call.
    numberKind: promise.callIn === undefined ? numberKindOf(promise.customerNumber) : 'unknown',
  };
}

/** Order of the virtual queue: whose place is taken first, when several are at one moment. */
export function comparePlaces(a: CallbackMachineState, b: CallbackMachineState): number {
  return b.promise.priority - a.promise.priority || a.promise.arrivedAtMs - b.promise.arrivedAtMs;
}

/** When the machine wants `time-passed` next; null: time alone changes nothing. */
export function wakeAtMs(state: CallbackMachineState): number | null {
  const { phase, promise } = state;
  switch (phase.name) {
    case 'scheduled':
      return dueAtMs(promise) - (promise.executionBufferMs ?? 0);
    case 'closed':
      return phase.opensAtMs;
    case 'queued':
      return dialClosesAtMs(promise);
    case 'deferred':
      return phase.recheckAtMs;
    case 'waiting-retry':
      return phase.nextAttemptAtMs;
    case 'asking-customer':
    case 'awaiting-call':
    case 'previewing':
    case 'ringing-agent':
    case 'dialing':
    case 'classifying':
    case 'leaving-message':
      return phase.giveUpAtMs;
    case 'confirming':
    case 'surveying':
      return phase.treatment.wakeAtMs;
    case 'apologizing':
      return phase.treatment?.wakeAtMs ?? phase.giveUpAtMs;
    case 'on-line':
      return phase.seat.kind === 'ringing' || phase.seat.kind === 'answered'
        ? phase.seat.giveUpAtMs
        : phase.waitUntilMs;
    case 'connected':
    case 'completed':
      return null;
  }
}

/**
 * Until when this callback's attempt holds the customer's number, so that no other callback dials
 * it: infinite while an attempt is live, a moment while an old INVITE may still ring, else null.
 */
export function holdsNumberUntilMs(state: CallbackMachineState): number | null {
  const { phase } = state;
  switch (phase.name) {
    case 'scheduled':
    case 'closed':
    case 'queued':
    case 'deferred':
      return null;
    case 'waiting-retry':
    case 'completed':
      return phase.quietUntilMs;
    case 'awaiting-call':
      // Without a place in line nothing goes on for it before the call.
      return phase.inLine ? Infinity : null;
    case 'asking-customer':
    case 'previewing':
    case 'ringing-agent':
    case 'dialing':
    case 'classifying':
    case 'leaving-message':
    case 'on-line':
    case 'connected':
    case 'apologizing':
    case 'confirming':
    case 'surveying':
      return Infinity;
  }
}
