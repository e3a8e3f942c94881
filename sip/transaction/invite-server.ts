// The INVITE server transaction. PURE. RFC 3261 s.17.2.1; RFC 6026 s.7.1 and s.8.7.
//
//   Proceeding --2xx given--> Accepted --L--> Terminated
//   Proceeding --300-699 given--> Completed --ACK--> Confirmed --I--> Terminated
//   Completed --G--> Completed [response again]      Completed --H--> Terminated [timed out]
//   INVITE again: Proceeding, Completed send the last response; Accepted absorbs it
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
  type Effect,
  type ServerEvent,
  type Setting,
} from './model.ts';

export type InviteServerState =
  | { readonly name: 'proceeding'; readonly setting: Setting }
  | { readonly name: 'completed'; readonly setting: Setting; readonly resendAfterMs: number }
  | { readonly name: 'confirmed'; readonly setting: Setting }
  | { readonly name: 'accepted'; readonly setting: Setting }
  | { readonly name: 'terminated'; readonly setting: Setting };

type Answer = readonly [InviteServerState, readonly Effect[]];

/** The start: the INVITE goes to the user. */
export function startInviteServer(setting: Setting): Answer {
  return [{ name: 'proceeding', setting }, [deliver]];
}

export const stepInviteServer: Step<InviteServerState, ServerEvent, Effect> = (state, event) => {
  switch (state.name) {
    case 'proceeding':
      return proceeding(state, event);
    case 'completed':
      return completed(state, event);
    case 'confirmed':
      return event.kind === 'timer-fired' && event.timer === 'I'
        ? ended(state, [terminate])
        : [state, nothing];
    case 'accepted':
      return accepted(state, event);
    case 'terminated':
      return [state, nothing];
  }
};

function proceeding(state: InviteServerState & { name: 'proceeding' }, event: ServerEvent): Answer {
  switch (event.kind) {
    case 'request-received':
      return [state, [resend]];
    case 'ack-received':
    case 'timer-fired':
      return [state, nothing];
    case 'response-given':
      return given(state, event.status);
    case 'transport-failed':
      return ended(state, [reportTransport, terminate]);
  }
}

function given(state: InviteServerState & { name: 'proceeding' }, status: number): Answer {
  const setting = state.setting;
  if (status < 200) return [state, [send]];
  const lifeMs = lifetimeMs(setting);
  if (status < 300) return [{ name: 'accepted', setting }, [send, startTimer('L', lifeMs)]];
  const t1Ms = setting.timers.t1Ms;
  const effects = [send, startTimer('H', lifeMs)];
  if (!setting.reliable) effects.push(startTimer('G', t1Ms));
  return [{ name: 'completed', setting, resendAfterMs: t1Ms }, effects];
}

function completed(state: InviteServerState & { name: 'completed' }, event: ServerEvent): Answer {
  const setting = state.setting;
  switch (event.kind) {
    case 'request-received':
      return [state, [resend]];
    case 'ack-received': {
      const linger = startTimer('I', setting.reliable ? 0 : setting.timers.t4Ms);
      return [{ name: 'confirmed', setting }, [stopTimer('G'), stopTimer('H'), linger]];
    }
    case 'timer-fired': {
      if (event.timer === 'H') return ended(state, [reportTimeout, terminate]);
      if (event.timer !== 'G') return [state, nothing];
      const resendAfterMs = Math.min(state.resendAfterMs * 2, setting.timers.t2Ms);
      return [{ ...state, resendAfterMs }, [resend, startTimer('G', resendAfterMs)]];
    }
    case 'response-given':
      return [state, nothing];
    case 'transport-failed':
      return ended(state, [reportTransport, terminate]);
  }
}

/** RFC 6026 s.8.7: the user's own 2xx retransmissions pass; an ACK on this branch goes up. */
function accepted(state: InviteServerState & { name: 'accepted' }, event: ServerEvent): Answer {
  switch (event.kind) {
    case 'request-received':
    case 'transport-failed':
      return [state, nothing];
    case 'ack-received':
      return [state, [deliver]];
    case 'timer-fired':
      return event.timer === 'L' ? ended(state, [terminate]) : [state, nothing];
    case 'response-given':
      return [state, event.status >= 200 && event.status < 300 ? [send] : nothing];
  }
}

function ended(state: InviteServerState, effects: readonly Effect[]): Answer {
  return [{ name: 'terminated', setting: state.setting }, effects];
}
