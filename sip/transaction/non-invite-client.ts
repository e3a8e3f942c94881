// The non-INVITE client transaction. PURE. RFC 3261 s.17.1.2.
//
//   Trying --1xx--> Proceeding      Trying, Proceeding --200-699--> Completed --K--> Terminated
//   Trying, Proceeding --E--> same [request again]      --F--> Terminated [timed out]
//   Trying, Proceeding --transport error--> Terminated [reported]
import type { Step } from '../../core/step.ts';
import {
  deliver,
  lifetimeMs,
  nothing,
  reportTimeout,
  reportTransport,
  resend,
  send,
  startTimer,
  stopTimer,
  terminate,
  type ClientEvent,
  type Effect,
  type Setting,
} from './model.ts';

export type NonInviteClientState =
  | { readonly name: 'trying'; readonly setting: Setting; readonly resendAfterMs: number }
  | { readonly name: 'proceeding'; readonly setting: Setting }
  | { readonly name: 'completed'; readonly setting: Setting }
  | { readonly name: 'terminated'; readonly setting: Setting };

type Answer = readonly [NonInviteClientState, readonly Effect[]];

/** The start: the request goes out, timer F runs, and E on an unreliable transport. */
export function startNonInviteClient(setting: Setting): Answer {
  const t1Ms = setting.timers.t1Ms;
  const effects = [send, startTimer('F', lifetimeMs(setting))];
  if (!setting.reliable) effects.push(startTimer('E', t1Ms));
  return [{ name: 'trying', setting, resendAfterMs: t1Ms }, effects];
}

export const stepNonInviteClient: Step<NonInviteClientState, ClientEvent, Effect> = (
  state,
  event,
) => {
  switch (state.name) {
    case 'trying':
    case 'proceeding':
      return waiting(state, event);
    case 'completed':
      return event.kind === 'timer-fired' && event.timer === 'K'
        ? ended(state, [terminate])
        : [state, nothing];
    case 'terminated':
      return [state, nothing];
  }
};

type Waiting = NonInviteClientState & { name: 'trying' | 'proceeding' };

function waiting(state: Waiting, event: ClientEvent): Answer {
  switch (event.kind) {
    case 'response-received':
      return answered(state, event.status);
    case 'timer-fired':
      if (event.timer === 'F') return ended(state, [reportTimeout, terminate]);
      return event.timer === 'E' ? again(state) : [state, nothing];
    case 'transport-failed':
      return ended(state, [reportTransport, terminate]);
  }
}

/** s.17.1.2.2: E doubles up to T2 while Trying, and is T2 in Proceeding. */
function again(state: Waiting): Answer {
  const t2Ms = state.setting.timers.t2Ms;
  if (state.name === 'proceeding') return [state, [resend, startTimer('E', t2Ms)]];
  const resendAfterMs = Math.min(state.resendAfterMs * 2, t2Ms);
  return [{ ...state, resendAfterMs }, [resend, startTimer('E', resendAfterMs)]];
}

function answered(state: Waiting, status: number): Answer {
  const setting = state.setting;
  if (status < 200) return [{ name: 'proceeding', setting }, [deliver]];
  const linger = startTimer('K', setting.reliable ? 0 : setting.timers.t4Ms);
  return [{ name: 'completed', setting }, [stopTimer('E'), stopTimer('F'), deliver, linger]];
}

function ended(state: NonInviteClientState, effects: readonly Effect[]): Answer {
  return [{ name: 'terminated', setting: state.setting }, effects];
}
