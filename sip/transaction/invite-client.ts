// The INVITE client transaction. PURE. RFC 3261 s.17.1.1; RFC 6026 s.7.2 and s.8.4.
//
//   Calling --1xx--> Proceeding      Calling, Proceeding --2xx--> Accepted --M--> Terminated
//   Calling, Proceeding --300-699 [ACK]--> Completed --D--> Terminated
//   Calling --A--> Calling [INVITE again]      Calling --B--> Terminated [timed out]
//   Calling, Proceeding, Completed --transport error--> Terminated [reported]
import type { Step } from '../../core/step.ts';
import {
  acknowledge,
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

export type InviteClientState =
  | { readonly name: 'calling'; readonly setting: Setting; readonly resendAfterMs: number }
  | { readonly name: 'proceeding'; readonly setting: Setting }
  | { readonly name: 'completed'; readonly setting: Setting }
  | { readonly name: 'accepted'; readonly setting: Setting }
  | { readonly name: 'terminated'; readonly setting: Setting };

type Answer = readonly [InviteClientState, readonly Effect[]];

/** The start: the INVITE goes out, timer B runs, and A on an unreliable transport. */
export function startInviteClient(setting: Setting): Answer {
  const { t1Ms, inviteSilenceMs = Infinity } = setting.timers;
  const effects = [send, startTimer('B', Math.min(inviteSilenceMs, lifetimeMs(setting)))];
  if (!setting.reliable) effects.push(startTimer('A', t1Ms));
  return [{ name: 'calling', setting, resendAfterMs: t1Ms }, effects];
}

export const stepInviteClient: Step<InviteClientState, ClientEvent, Effect> = (state, event) => {
  switch (state.name) {
    case 'calling':
      return calling(state, event);
    case 'proceeding':
      return proceeding(state, event);
    case 'completed':
      return completed(state, event);
    case 'accepted':
      return accepted(state, event);
    case 'terminated':
      return [state, nothing];
  }
};

function calling(state: InviteClientState & { name: 'calling' }, event: ClientEvent): Answer {
  switch (event.kind) {
    case 'response-received':
      return answered(state, event.status, [stopTimer('A'), stopTimer('B')]);
    case 'timer-fired': {
      if (event.timer === 'B') return ended(state, [reportTimeout, terminate]);
      if (event.timer !== 'A') return [state, nothing];
      const resendAfterMs = state.resendAfterMs * 2;
      return [{ ...state, resendAfterMs }, [resend, startTimer('A', resendAfterMs)]];
    }
    case 'transport-failed':
      return ended(state, [reportTransport, terminate]);
  }
}

/** s.17.1.1.2: no retransmission in Proceeding, and no limit on how long it rings. */
function proceeding(state: InviteClientState & { name: 'proceeding' }, event: ClientEvent): Answer {
  switch (event.kind) {
    case 'response-received':
      return answered(state, event.status, nothing);
    case 'timer-fired':
      return [state, nothing];
    case 'transport-failed':
      return ended(state, [reportTransport, terminate]);
  }
}

function answered(state: InviteClientState, status: number, stops: readonly Effect[]): Answer {
  const setting = state.setting;
  if (status < 200) {
    return [{ name: 'proceeding', setting }, [...stops, deliver]];
  }
  if (status < 300) {
    const linger = startTimer('M', lifetimeMs(setting));
    return [{ name: 'accepted', setting }, [...stops, deliver, linger]];
  }
  // s.17.1.1.2: D is at least 32 s over UDP and zero over TCP.
  const linger = startTimer('D', setting.reliable ? 0 : Math.max(32_000, lifetimeMs(setting)));
  return [{ name: 'completed', setting }, [...stops, acknowledge, deliver, linger]];
}

function completed(state: InviteClientState & { name: 'completed' }, event: ClientEvent): Answer {
  switch (event.kind) {
    case 'response-received':
      return [state, event.status >= 300 ? [acknowledge] : nothing];
    case 'timer-fired':
      return event.timer === 'D' ? ended(state, [terminate]) : [state, nothing];
    case 'transport-failed':
      return ended(state, [reportTransport, terminate]);
  }
}

/** RFC 6026 s.8.4: every further 2xx, of this fork or another, goes to the user. */
function accepted(state: InviteClientState & { name: 'accepted' }, event: ClientEvent): Answer {
  switch (event.kind) {
    case 'response-received':
      return [state, event.status >= 200 && event.status < 300 ? [deliver] : nothing];
    case 'timer-fired':
      return event.timer === 'M' ? ended(state, [terminate]) : [state, nothing];
    case 'transport-failed':
      return [state, nothing];
  }
}

function ended(state: InviteClientState, effects: readonly Effect[]): Answer {
  return [{ name: 'terminated', setting: state.setting }, effects];
}
