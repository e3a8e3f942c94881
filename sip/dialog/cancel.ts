// When a CANCEL of ours may go out, and what follows. PURE. RFC 3261 s.9.1.
//
//   Open --wanted--> Held (no provisional yet) --provisional--> Sent [CANCEL]
//   Open (provisional came) --wanted--> Sent [CANCEL]
//   Sent --give-up--> Over [no final came]     Held, Sent --2xx--> Over [BYE after the ACK]
import type { Step } from '../../core/step.ts';

export type CancelState =
  | { readonly name: 'open'; readonly provisional: boolean }
  | { readonly name: 'held' }
  | { readonly name: 'sent' }
  | { readonly name: 'over' };

export type CancelEvent =
  | { readonly kind: 'cancel-wanted' }
  | { readonly kind: 'provisional-received' }
  | { readonly kind: 'final-received'; readonly status: number }
  | { readonly kind: 'timer-fired' };

export type CancelEffect =
  | { readonly kind: 'send-cancel' }
  | { readonly kind: 'start-timer' }
  | { readonly kind: 'stop-timer' }
  | { readonly kind: 'give-up' }
  | { readonly kind: 'bye-after-ack' };

type Answer = readonly [CancelState, readonly CancelEffect[]];

const none: readonly CancelEffect[] = [];
const go: readonly CancelEffect[] = [{ kind: 'send-cancel' }, { kind: 'start-timer' }];

/** The start: the INVITE is out, nothing came back. */
export const startCancel: CancelState = { name: 'open', provisional: false };

export const stepCancel: Step<CancelState, CancelEvent, CancelEffect> = (state, event) => {
  switch (state.name) {
    case 'open':
      return open(state, event);
    case 'held':
      if (event.kind === 'provisional-received') return [{ name: 'sent' }, go];
      return event.kind === 'final-received' ? crossed(event.status, none) : [state, none];
    case 'sent':
      if (event.kind === 'timer-fired') return [{ name: 'over' }, [{ kind: 'give-up' }]];
      return event.kind === 'final-received'
        ? crossed(event.status, [{ kind: 'stop-timer' }])
        : [state, none];
    case 'over':
      return [state, none];
  }
};

function open(state: CancelState & { name: 'open' }, event: CancelEvent): Answer {
  switch (event.kind) {
    case 'cancel-wanted':
      return state.provisional ? [{ name: 'sent' }, go] : [{ name: 'held' }, none];
    case 'provisional-received':
      return state.provisional ? [state, none] : [{ name: 'open', provisional: true }, none];
    case 'final-received':
      return [{ name: 'over' }, none];
    case 'timer-fired':
      return [state, none];
  }
}

/** A 2xx that crossed our CANCEL is a call nobody wants: it is acknowledged and ended. */
function crossed(status: number, effects: readonly CancelEffect[]): Answer {
  if (status < 200 || status >= 300) return [{ name: 'over' }, effects];
  return [{ name: 'over' }, [...effects, { kind: 'bye-after-ack' }]];
}
