// The non-INVITE server transaction. PURE. RFC 3261 s.17.2.2.
//
//   Trying --1xx given--> Proceeding      Trying, Proceeding --200-699 given--> Completed
//   Completed --J--> Terminated           Proceeding, Completed: request again [response again]
//   Proceeding, Completed --transport error--> Terminated [reported]
import type { Step } from '../../core/step.ts';
import {
  deliver,
  lifetimeMs,
  nothing,
  reportTransport,
  resend,
  send,
  startTimer,
  terminate,
  type Effect,
  type ServerEvent,
  type Setting,
} from './model.ts';

export type NonInviteServerState =
  | { readonly name: 'trying'; readonly setting: Setting }
  | { readonly name: 'proceeding'; readonly setting: Setting }
  | { readonly name: 'completed'; readonly setting: Setting }
  | { readonly name: 'terminated'; readonly setting: Setting };

type Answer = readonly [NonInviteServerState, readonly Effect[]];

/** The start: the request goes to the user. */
export function startNonInviteServer(setting: Setting): Answer {
  return [{ name: 'trying', setting }, [deliver]];
}

export const stepNonInviteServer: Step<NonInviteServerState, ServerEvent, Effect> = (
  state,
  event,
) => {
  switch (state.name) {
    case 'trying':
      return unanswered(state, event, nothing);
    case 'proceeding':
      return unanswered(state, event, [resend]);
    case 'completed':
      return completed(state, event);
    case 'terminated':
      return [state, nothing];
  }
};

function unanswered(
  state: NonInviteServerState & { name: 'trying' | 'proceeding' },
  event: ServerEvent,
  onRepeat: readonly Effect[],
): Answer {
  const setting = state.setting;
  switch (event.kind) {
    case 'request-received':
      return [state, onRepeat];
    case 'ack-received':
    case 'timer-fired':
      return [state, nothing];
    case 'response-given': {
      if (event.status < 200) return [{ name: 'proceeding', setting }, [send]];
      const linger = startTimer('J', setting.reliable ? 0 : lifetimeMs(setting));
      return [{ name: 'completed', setting }, [send, linger]];
    }
    case 'transport-failed':
      return ended(state, [reportTransport, terminate]);
  }
}

function completed(state: NonInviteServerState, event: ServerEvent): Answer {
  switch (event.kind) {
    case 'request-received':
      return [state, [resend]];
    case 'ack-received':
    case 'response-given':
      return [state, nothing];
    case 'timer-fired':
      return event.timer === 'J' ? ended(state, [terminate]) : [state, nothing];
    case 'transport-failed':
      return ended(state, [reportTransport, terminate]);
  }
}

function ended(state: NonInviteServerState, effects: readonly Effect[]): Answer {
  return [{ name: 'terminated', setting: state.setting }, effects];
}
