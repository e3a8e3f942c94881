// Calls that come in: which queue the called number belongs to, or why there is none. The call is
// answered at once, so that music can be heard while it waits.
import type { Clock, Ids, Log } from '../core/ports.ts';
import type { AccessCalls } from '../callback/index.ts';
import type { InboundCall, Sip } from '../sip/index.ts';

export interface InboundDeps {
  readonly sip: Pick<Sip, 'onInbound'>;
  /** Queue of a called user or E.164 number. */
  readonly queueOfCalled: ReadonlyMap<string, string>;
  /** Answers and owns the call; false: the caller is gone. */
  readonly adopt: (interactionId: string, call: InboundCall) => Promise<boolean>;
  /** A second call of an agent in a conversation; false: it is not. */
  readonly consult: (call: InboundCall) => boolean;
  /** A call that takes the place of an agent's; false: there is none such. */
  readonly takeOver: (call: InboundCall) => boolean;
  /** Whether the adopted call still stands. */
  readonly isLive: (interactionId: string) => boolean;
  readonly arrived: (caller: {
    readonly interactionId: string;
    readonly queueId: string;
    readonly callerNumber: string | null;
    readonly arrivedAtMs: number;
  }) => void;
  /** Numbers where callbacks are awaited from their customers; left out: there are none. */
  readonly access?: Pick<AccessCalls, 'isAccessNumber' | 'callerArrived'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

export function takeInboundCalls(deps: InboundDeps): void {
  deps.sip.onInbound((call) => {
    take(call, deps).catch((error: unknown) => {
      deps.log.error('inbound-failed', { callId: call.callId, error });
      call.reject(500, 'Server Internal Error');
    });
  });
}

async function take(call: InboundCall, deps: InboundDeps): Promise<void> {
  if ((call.replaces ?? null) !== null) {
    if (!deps.takeOver(call)) call.reject(481, 'Call/Transaction Does Not Exist');
    return;
  }
  const queueId = queueOf(call, deps.queueOfCalled);
  const accessNumber = queueId === null ? accessNumberOf(call, deps) : null;
  if (queueId === null && accessNumber === null && deps.consult(call)) return;
  if (queueId === null && accessNumber === null) {
    deps.log.info('inbound-unknown-number', { callId: call.callId, called: call.calledUser });
    call.reject(404, 'Not Found');
    return;
  }
  const arrivedAtMs = deps.clock.nowMs();
  const interactionId = deps.ids.next();
  deps.log.info('inbound-call', { interactionId, callId: call.callId, queueId });
  call.ring(null);
  // A BYE may come in one breath with the ACK, before anybody listens for it.
  if (!(await deps.adopt(interactionId, call)) || !deps.isLive(interactionId)) return;
  const caller = { interactionId, callerNumber: call.callerNumber, arrivedAtMs };
  if (queueId !== null) deps.arrived({ ...caller, queueId });
  else if (accessNumber !== null) deps.access?.callerArrived({ ...caller, accessNumber });
}

function accessNumberOf(
  { calledNumber, calledUser }: InboundCall,
  { access }: InboundDeps,
): string | null {
  if (calledNumber !== null && access?.isAccessNumber(calledNumber) === true) return calledNumber;
  return access?.isAccessNumber(calledUser) === true ? calledUser : null;
}

function queueOf(call: InboundCall, queues: ReadonlyMap<string, string>): string | null {
  const byNumber = call.calledNumber === null ? undefined : queues.get(call.calledNumber);
  return byNumber ?? queues.get(call.calledUser) ?? null;
}
