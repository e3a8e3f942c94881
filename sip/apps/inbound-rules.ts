// The life of a call that came in. PURE. RFC 3261 s.13.3, s.9.2.
//
//   waiting ── answer ──▶ answering ── dialog stands ──▶ established ── BYE, hang-up ──▶ over
//      └── reject, CANCEL, patience ──────┴── engine refused the 200 ───────────────────▶
import type { Step } from '../../core/step.ts';

export type InboundState =
  | { readonly name: 'waiting' }
  | { readonly name: 'answering' }
  | { readonly name: 'established' }
  | { readonly name: 'over' };

export type InboundEvent =
  | { readonly type: 'ring-asked'; readonly sdp: string | null }
  | { readonly type: 'answer-asked'; readonly sdp: string }
  | { readonly type: 'reject-asked'; readonly status: number; readonly reason: string }
  | { readonly type: 'hang-up-asked'; readonly reason: string }
  | { readonly type: 'cancel-received' }
  | { readonly type: 'dialog-stood' }
  | { readonly type: 'answer-refused'; readonly reason: string }
  | { readonly type: 'patience-ended' }
  | { readonly type: 'dialog-ended'; readonly by: 'peer' | 'engine'; readonly reason: string }
  | { readonly type: 'engine-lost'; readonly reason: string };

export type InboundEffect =
  | { readonly type: 'send-provisional'; readonly status: 180 | 183; readonly sdp: string | null }
  | { readonly type: 'send-answer'; readonly sdp: string }
  | { readonly type: 'send-rejection'; readonly status: number; readonly reason: string }
  | { readonly type: 'send-bye'; readonly reason: string }
  /** Longer patience: the caller hears ringing. */
  | { readonly type: 'extend-patience' }
  | { readonly type: 'stop-patience' }
  | { readonly type: 'resolve-answer' }
  | { readonly type: 'refuse-answer'; readonly reason: string }
  | { readonly type: 'tell-cancelled' }
  | {
      readonly type: 'tell-ended';
      readonly by: 'peer' | 'us' | 'engine';
      readonly reason: string;
    };

type Result = readonly [InboundState, readonly InboundEffect[]];

const over: InboundState = { name: 'over' };

/** The rule. */
export const stepInbound: Step<InboundState, InboundEvent, InboundEffect> = (state, event) => {
  switch (state.name) {
    case 'waiting':
      return whenWaiting(state, event);
    case 'answering':
      return whenAnswering(state, event);
    case 'established':
      return whenEstablished(state, event);
    case 'over':
      return event.type === 'answer-asked' ? refuse(state, 'the call is over') : [state, []];
  }
};

function whenWaiting(state: InboundState, event: InboundEvent): Result {
  switch (event.type) {
    case 'ring-asked': {
      const status = event.sdp === null ? 180 : 183;
      return [state, [{ type: 'extend-patience' }, provisional(status, event.sdp)]];
    }
    case 'answer-asked':
      return [
        { name: 'answering' },
        [{ type: 'stop-patience' }, { type: 'send-answer', sdp: event.sdp }],
      ];
    case 'reject-asked':
      return [over, [{ type: 'stop-patience' }, rejection(event.status, event.reason)]];
    case 'hang-up-asked':
      return [
        over,
        [
          { type: 'stop-patience' },
          rejection(503, 'Service Unavailable'),
          { type: 'tell-cancelled' },
        ],
      ];
    case 'patience-ended':
      return [over, [rejection(480, 'Temporarily Unavailable'), { type: 'tell-cancelled' }]];
    case 'cancel-received':
    case 'engine-lost':
      return [over, [{ type: 'stop-patience' }, { type: 'tell-cancelled' }]];
    case 'dialog-stood':
    case 'answer-refused':
    case 'dialog-ended':
      return [state, []];
  }
}

function whenAnswering(state: InboundState, event: InboundEvent): Result {
  switch (event.type) {
    case 'dialog-stood':
      return [{ name: 'established' }, [{ type: 'resolve-answer' }]];
    case 'answer-refused':
    case 'engine-lost':
      return refuse(over, event.reason);
    case 'cancel-received':
      return refuse(over, 'the caller hung up');
    case 'answer-asked':
      return refuse(state, 'the call was answered before');
    case 'ring-asked':
    case 'reject-asked':
    case 'hang-up-asked':
    case 'patience-ended':
    case 'dialog-ended':
      return [state, []];
  }
}

function whenEstablished(state: InboundState, event: InboundEvent): Result {
  switch (event.type) {
    case 'hang-up-asked':
      return [
        over,
        [
          { type: 'send-bye', reason: event.reason },
          { type: 'tell-ended', by: 'us', reason: event.reason },
        ],
      ];
    case 'dialog-ended':
      return [over, [{ type: 'tell-ended', by: event.by, reason: event.reason }]];
    case 'engine-lost':
      return [over, [{ type: 'tell-ended', by: 'engine', reason: event.reason }]];
    case 'answer-asked':
      return refuse(state, 'the call was answered before');
    case 'ring-asked':
    case 'reject-asked':
    case 'cancel-received':
    case 'dialog-stood':
    case 'answer-refused':
    case 'patience-ended':
      return [state, []];
  }
}

function refuse(state: InboundState, reason: string): Result {
  return [state, [{ type: 'refuse-answer', reason }]];
}

function provisional(status: 180 | 183, sdp: string | null): InboundEffect {
  return { type: 'send-provisional', status, sdp };
}

function rejection(status: number, reason: string): InboundEffect {
  return { type: 'send-rejection', status, reason };
}
