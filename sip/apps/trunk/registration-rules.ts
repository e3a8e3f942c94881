// Our registration with a trunk. PURE: chance rides on the events as `roll` in [0, 1), credentials
// are the driver's. RFC 3261 s.10.2, s.10.3 (423), s.20.33 (Retry-After); RFC 5626 s.4.5 (jitter).
//
//   unregistered ── start ──▶ registering ── 2xx ──▶ registered ── refresh ──▶ registering
//                                 │  ▲                   │
//              anything else, silence │ retry timer      │ stop
//                                 ▼  │                   ▼
//                               waiting           unregistering ── answer, silence ──▶ unregistered
//
// Refreshing keeps `expiresAtMs`: what was promised is still good until then.
import type { Step } from '../../../core/step.ts';

export interface RegistrationSetting {
  readonly expiresSeconds: number;
}

export type RegistrationState = { readonly setting: RegistrationSetting } & (
  | { readonly name: 'unregistered' }
  | {
      readonly name: 'registering';
      readonly askedSeconds: number;
      readonly failures: number;
      /** Whether a 423 was obeyed in this try: a second one is a failure. */
      readonly obeyed: boolean;
      readonly expiresAtMs: number | null;
    }
  | { readonly name: 'registered'; readonly askedSeconds: number; readonly expiresAtMs: number }
  | {
      readonly name: 'waiting';
      readonly askedSeconds: number;
      readonly failures: number;
      readonly reason: string;
      readonly expiresAtMs: number | null;
    }
  | { readonly name: 'unregistering' }
);

export type RegistrationEvent =
  | { readonly type: 'start-asked' }
  | {
      readonly type: 'response-received';
      readonly status: number;
      readonly reason: string;
      readonly atMs: number;
      readonly roll: number;
      /** What a 2xx grants; null: what was asked for. */
      readonly grantedSeconds: number | null;
      /** Min-Expires of a 423. */
      readonly minSeconds: number | null;
      readonly retryAfterSeconds: number | null;
    }
  | { readonly type: 'timer-fired' }
  | { readonly type: 'stop-asked' };

export type RegistrationEffect =
  /** 0 removes the binding. */
  | { readonly type: 'send-register'; readonly expiresSeconds: number }
  /** Replaces the timer before it. */
  | { readonly type: 'start-timer'; readonly afterMs: number }
  | { readonly type: 'stop-timer' }
  | { readonly type: 'tell-unregistered' };

type InState<Name extends RegistrationState['name']> = Extract<RegistrationState, { name: Name }>;
type Received = Extract<RegistrationEvent, { type: 'response-received' }>;
type Result = readonly [RegistrationState, readonly RegistrationEffect[]];

const FIRST_RETRY_MS = 2_000;
const MAX_RETRY_MS = 600_000;
/** Wrong credentials stay wrong, and carriers lock out who insists. */
const REFUSED_RETRY_MS = 60_000;
const MAX_EXPIRES_SECONDS = 86_400;
const none: readonly RegistrationEffect[] = [];

/** Nothing sent yet. */
export function startRegistration(setting: RegistrationSetting): RegistrationState {
  return { setting, name: 'unregistered' };
}

/** The rule. */
export const stepRegistration: Step<RegistrationState, RegistrationEvent, RegistrationEffect> = (
  state,
  event,
) => {
  switch (state.name) {
    case 'unregistered':
      if (event.type === 'start-asked')
        return register(state, state.setting.expiresSeconds, 0, null);
      return event.type === 'stop-asked' ? [state, [{ type: 'tell-unregistered' }]] : [state, none];
    case 'registering':
      return whenRegistering(state, event);
    case 'registered':
      return whenRegistered(state, event);
    case 'waiting':
      return whenWaiting(state, event);
    case 'unregistering':
      if (event.type !== 'response-received') return [state, none];
      return [{ setting: state.setting, name: 'unregistered' }, [{ type: 'tell-unregistered' }]];
  }
};

function whenRegistering(state: InState<'registering'>, event: RegistrationEvent): Result {
  switch (event.type) {
    case 'response-received':
      if (event.status >= 200 && event.status < 300) return granted(state, event);
      if (event.status === 423 && !state.obeyed && canObey(state, event.minSeconds)) {
        const askedSeconds = event.minSeconds ?? state.askedSeconds;
        return [
          { ...state, askedSeconds, obeyed: true },
          [{ type: 'send-register', expiresSeconds: askedSeconds }],
        ];
      }
      return refused(state, event);
    case 'stop-asked':
      // The answer under way may still make a binding: the removal goes out behind it.
      return unregister(state);
    case 'start-asked':
    case 'timer-fired':
      return [state, none];
  }
}

function whenRegistered(state: InState<'registered'>, event: RegistrationEvent): Result {
  switch (event.type) {
    case 'timer-fired':
      return register(state, state.askedSeconds, 0, state.expiresAtMs);
    case 'stop-asked':
      return unregister(state);
    case 'start-asked':
    case 'response-received':
      return [state, none];
  }
}

function whenWaiting(state: InState<'waiting'>, event: RegistrationEvent): Result {
  switch (event.type) {
    case 'timer-fired':
      return register(state, state.askedSeconds, state.failures, state.expiresAtMs);
    case 'stop-asked':
      if (state.expiresAtMs !== null) return unregister(state);
      return [
        { setting: state.setting, name: 'unregistered' },
        [{ type: 'stop-timer' }, { type: 'tell-unregistered' }],
      ];
    case 'start-asked':
    case 'response-received':
      return [state, none];
  }
}

function register(
  { setting }: RegistrationState,
  askedSeconds: number,
  failures: number,
  expiresAtMs: number | null,
): Result {
  return [
    { setting, name: 'registering', askedSeconds, failures, obeyed: false, expiresAtMs },
    [{ type: 'send-register', expiresSeconds: askedSeconds }],
  ];
}

function unregister({ setting }: RegistrationState): Result {
  return [
    { setting, name: 'unregistering' },
    [{ type: 'stop-timer' }, { type: 'send-register', expiresSeconds: 0 }],
  ];
}

/** Refreshed between 75 and 90 % of the time granted, so that many trunks do not ask at once. */
function granted(state: InState<'registering'>, event: Received): Result {
  const { setting, askedSeconds } = state;
  const seconds = Math.max(1, Math.min(event.grantedSeconds ?? askedSeconds, MAX_EXPIRES_SECONDS));
  const afterMs = Math.round(seconds * 1_000 * (0.75 + 0.15 * event.roll));
  const expiresAtMs = event.atMs + seconds * 1_000;
  return [
    { setting, name: 'registered', askedSeconds, expiresAtMs },
    [{ type: 'start-timer', afterMs }],
  ];
}

function canObey({ askedSeconds }: InState<'registering'>, minSeconds: number | null): boolean {
  return minSeconds !== null && minSeconds > askedSeconds && minSeconds <= MAX_EXPIRES_SECONDS;
}

/** Back-off: doubled with every failure, spread over half of it; never sooner than asked for. */
function refused(state: InState<'registering'>, event: Received): Result {
  const { setting, askedSeconds, failures } = state;
  const isRefusal = event.status >= 400 && event.status < 500 && event.status !== 408;
  const baseMs = isRefusal ? REFUSED_RETRY_MS : FIRST_RETRY_MS;
  const ceilingMs = Math.min(baseMs * 2 ** Math.min(failures, 16), MAX_RETRY_MS);
  const askedMs = Math.min((event.retryAfterSeconds ?? 0) * 1_000, MAX_RETRY_MS);
  const afterMs = Math.round(Math.max(askedMs, ceilingMs * (0.5 + 0.5 * event.roll)));
  const stillGood = state.expiresAtMs !== null && state.expiresAtMs > event.atMs;
  return [
    {
      setting,
      name: 'waiting',
      askedSeconds,
      failures: failures + 1,
      reason: `${event.status} ${event.reason}`,
      expiresAtMs: stillGood ? state.expiresAtMs : null,
    },
    [{ type: 'start-timer', afterMs }],
  ];
}
