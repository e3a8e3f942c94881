// One call transfer, from the agent's REFER to its outcome. PURE, total. RFC 3515, RFC 5589.
//
//  calling --answered--> over: customer and target talk, the agent is free
//     | failed, the agent still listens --> over: customer and agent talk again
//     | failed, the agent hung up meanwhile
//     v
//  recalling --answered--> over: customer and agent talk again
//     +------- failed ---> over: the conversation is
//
// The customer may hang up in every state. Where the target is a queue, or was consulted before,
// the transfer is over as soon as it begins.
import type { Step } from '../core/step.ts';

export type TransferState =
  | { readonly name: 'calling'; readonly agent: 'there' | 'gone' }
  | { readonly name: 'recalling' }
  | { readonly name: 'over' };

export type TransferEvent =
  | { readonly type: 'target-rang' | 'target-answered' | 'agent-left' | 'customer-left' }
  | { readonly type: 'target-failed'; readonly status: number; readonly reason: string }
  | { readonly type: 'recall-answered' | 'recall-failed' };

export type TransferEffect =
  /** Customer and agent hear each other no more; the customer hears music. */
  | { readonly type: 'part' }
  | { readonly type: 'call-target' | 'drop-target' | 'join-target' }
  | { readonly type: 'join-agent' | 'recall-agent' | 'release-agent' }
  | { readonly type: 'enter-queue' }
  | { readonly type: 'report'; readonly status: number; readonly reason: string }
  | { readonly type: 'tell-asked' | 'tell-transferred' | 'tell-conversation-over' }
  | { readonly type: 'tell-failed'; readonly status: number };

/** Where a transfer leads. */
export type TransferKind = 'blind' | 'consulted' | 'queue';

type Move = readonly [TransferState, readonly TransferEffect[]];

const over: TransferState = { name: 'over' };
const done: TransferEffect = { type: 'report', status: 200, reason: 'OK' };

/** The REFER was accepted. */
export function beginTransfer(kind: TransferKind): Move {
  const asked: TransferEffect = { type: 'tell-asked' };
  switch (kind) {
    case 'blind':
      return [
        { name: 'calling', agent: 'there' },
        [asked, { type: 'part' }, { type: 'call-target' }],
      ];
    case 'consulted':
      return [over, [asked, ...joined(true)]];
    case 'queue':
      return [over, [asked, done, { type: 'release-agent' }, { type: 'enter-queue' }]];
  }
}

export const stepTransfer: Step<TransferState, TransferEvent, TransferEffect> = (state, event) => {
  switch (state.name) {
    case 'calling':
      return stepCalling(state, event);
    case 'recalling':
      return stepRecalling(state, event);
    case 'over':
      return [state, []];
  }
};

function stepCalling(
  state: Extract<TransferState, { name: 'calling' }>,
  event: TransferEvent,
): Move {
  switch (event.type) {
    case 'target-rang':
      return [state, [{ type: 'report', status: 180, reason: 'Ringing' }]];
    case 'target-answered':
      return [over, joined(state.agent === 'there')];
    case 'target-failed': {
      const { status, reason } = event;
      const told: readonly TransferEffect[] = [
        { type: 'report', status, reason },
        { type: 'tell-failed', status },
      ];
      if (state.agent === 'there') return [over, [{ type: 'join-agent' }, ...told]];
      return [{ name: 'recalling' }, [...told, { type: 'recall-agent' }]];
    }
    case 'agent-left':
      return [{ name: 'calling', agent: 'gone' }, []];
    case 'customer-left':
      return [
        over,
        [{ type: 'drop-target' }, { type: 'report', status: 487, reason: 'Request Terminated' }],
      ];
    case 'recall-answered':
    case 'recall-failed':
      return [state, []];
  }
}

function stepRecalling(state: TransferState, event: TransferEvent): Move {
  switch (event.type) {
    case 'recall-answered':
      return [over, [{ type: 'join-agent' }]];
    case 'recall-failed':
      return [over, [{ type: 'tell-conversation-over' }]];
    case 'customer-left':
      return [over, []];
    case 'target-rang':
    case 'target-answered':
    case 'target-failed':
    case 'agent-left':
      return [state, []];
  }
}

/** The agent hears of it before the call with the agent ends. */
function joined(agentIsThere: boolean): readonly TransferEffect[] {
  const parting: readonly TransferEffect[] = agentIsThere ? [done, { type: 'release-agent' }] : [];
  return [{ type: 'join-target' }, ...parting, { type: 'tell-transferred' }];
}
