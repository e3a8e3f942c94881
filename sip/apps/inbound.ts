// A call that came in: srf and timers around the rule in inbound-rules.ts. Who may call at all is
// decided in reception.ts. RFC 3261 s.13.3.
import { badRequest, conflict } from '../../core/errors.ts';
import type { Timer } from '../../core/ports.ts';
import type { DialogName } from '../transfer-types.ts';
import type { CallLeg, InboundCall, InboundCallEvents } from '../types.ts';
import { ALLOW, ALLOW_REFER, phrase, wordsOf } from './headers.ts';
import { stepInbound } from './inbound-rules.ts';
import type { InboundEffect, InboundEvent, InboundState } from './inbound-rules.ts';
import { DialogLeg } from './leg.ts';
import type { LegDeps } from './leg.ts';
import type { LiveCall, LiveCalls } from './live-calls.ts';
import type { SrfApp, SrfDialog, SrfRequest, SrfResponse } from './srf.ts';

/** Nobody rang or answered: we say so before the engine does. */
const SILENT_PATIENCE_MS = 60_000;
/** Ringing may take as long as a proxy would allow: timer C, s.16.6. */
const RINGING_PATIENCE_MS = 180_000;

/** What was read from the INVITE. */
export type CallerFacts = Omit<
  InboundCall,
  'ring' | 'answer' | 'reject' | 'onCancelled' | 'offerSdp' | 'callId' | 'replaces'
> & { readonly replaces: DialogName | null };

export interface InboundDeps extends LegDeps {
  readonly live: LiveCalls;
}

interface Answering {
  readonly sdp: string;
  readonly events: InboundCallEvents;
  readonly promise: PromiseWithResolvers<CallLeg>;
}

/** A call waiting for our answer, then answered. */
export class IncomingCall implements InboundCall, LiveCall {
  readonly callId: string;
  readonly source: InboundCall['source'];
  readonly callerNumber: string | null;
  readonly callerName: string | null;
  readonly calledUser: string;
  readonly calledNumber: string | null;
  readonly offerSdp: string;
  readonly replaces: DialogName | null;
  readonly #srf: SrfApp;
  readonly #req: SrfRequest;
  readonly #res: SrfResponse;
  readonly #deps: InboundDeps;
  readonly #cancelListeners: (() => void)[] = [];
  #state: InboundState = { name: 'waiting' };
  #patience: Timer;
  #answering: Answering | null = null;
  #leg: DialogLeg | null = null;
  #dialog: DialogName | null = null;

  constructor(
    srf: SrfApp,
    req: SrfRequest,
    res: SrfResponse,
    facts: CallerFacts,
    deps: InboundDeps,
  ) {
    this.callId = req.get('Call-ID') ?? '';
    this.source = facts.source;
    this.callerNumber = facts.callerNumber;
    this.callerName = facts.callerName;
    this.calledUser = facts.calledUser;
    this.calledNumber = facts.calledNumber;
    this.offerSdp = req.body ?? '';
    this.replaces = facts.replaces;
    this.#srf = srf;
    this.#req = req;
    this.#res = res;
    this.#deps = deps;
    this.#patience = this.#wait(SILENT_PATIENCE_MS);
    deps.live.add(this);
    req.on('cancel', () => this.#on({ type: 'cancel-received' }));
  }

  get dialog(): DialogName | null {
    return this.#dialog;
  }

  ring(sdp: string | null): void {
    this.#on({ type: 'ring-asked', sdp });
  }

  answer(sdp: string, events: InboundCallEvents): Promise<CallLeg> {
    if (this.#answering !== null) return Promise.reject(this.#gone('answered before'));
    const promise = Promise.withResolvers<CallLeg>();
    this.#answering = { sdp, events, promise };
    this.#on({ type: 'answer-asked', sdp });
    return promise.promise;
  }

  reject(status: number, reason: string): void {
    if (!Number.isInteger(status) || status < 300 || status > 699) {
      throw badRequest('SIP_STATUS_INVALID', 'a rejection has a status of 300 to 699', { status });
    }
    this.#on({ type: 'reject-asked', status, reason });
  }

  onCancelled(listener: () => void): void {
    this.#cancelListeners.push(listener);
  }

  hangUp(reason: string): void {
    this.#on({ type: 'hang-up-asked', reason });
  }

  engineLost(reason: string): void {
    this.#on({ type: 'engine-lost', reason });
    this.#leg?.close();
  }

  #on(event: InboundEvent): void {
    const [state, effects] = stepInbound(this.#state, event);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    if (state.name === 'over') this.#deps.live.delete(this);
  }

  #perform(effect: InboundEffect): void {
    switch (effect.type) {
      case 'send-provisional':
        return this.#sendProvisional(effect.status, effect.sdp);
      case 'send-answer':
        return this.#sendAnswer(effect.sdp);
      case 'send-rejection':
        return sendFinal(this.#res, effect.status, effect.reason);
      case 'send-bye':
        if (this.#leg !== null) this.#deps.live.farewell(this.#leg.bye(effect.reason));
        return;
      case 'extend-patience':
        this.#patience.cancel();
        this.#patience = this.#wait(RINGING_PATIENCE_MS);
        return;
      case 'stop-patience':
        return this.#patience.cancel();
      case 'resolve-answer':
        return this.#answering?.promise.resolve(this.#callLeg());
      case 'refuse-answer':
        return this.#answering?.promise.reject(this.#gone(effect.reason));
      case 'tell-cancelled':
        for (const listener of this.#cancelListeners) queueMicrotask(listener);
        return;
      case 'tell-ended': {
        const { by, reason } = effect;
        queueMicrotask(() => this.#answering?.events.ended(by, reason));
        return;
      }
    }
  }

  #sendProvisional(status: 180 | 183, sdp: string | null): void {
    if (sdp === null) return this.#res.send(status);
    this.#res.send(status, { body: sdp, headers: { 'Content-Type': 'application/sdp' } });
  }

  #sendAnswer(sdp: string): void {
    const Allow = this.#answering?.events.referred === undefined ? ALLOW : ALLOW_REFER;
    const options = { localSdp: sdp, headers: { Allow, Supported: 'replaces' } };
    this.#srf.createUAS(this.#req, this.#res, options, (error, dialog) => {
      if (dialog === undefined) this.#on({ type: 'answer-refused', reason: wordsOf(error) });
      else this.#stands(dialog, sdp);
    });
  }

  #stands(dialog: SrfDialog, sdp: string): void {
    const { events } = this.#answering ?? {};
    if (events === undefined) return;
    const leg = new DialogLeg(
      dialog,
      {
        callId: this.callId,
        localSdp: sdp,
        credentials: null,
        ownsCallId: false,
        awaitsAnswer: this.offerSdp === '',
        events,
        ended: (by, reason) => this.#on({ type: 'dialog-ended', by, reason }),
      },
      this.#deps,
    );
    if (this.#state.name !== 'answering') {
      this.#deps.live.farewell(leg.bye('Answered too late'));
      return;
    }
    this.#leg = leg;
    this.#dialog = leg.name;
    this.#on({ type: 'dialog-stood' });
  }

  #callLeg(): CallLeg {
    return {
      callId: this.callId,
      dialog: this.#dialog,
      hangUp: (reason) => this.hangUp(reason),
      reoffer: (sdp) => this.#leg?.reoffer(sdp) ?? Promise.reject(this.#gone('the call is over')),
    };
  }

  #wait(patienceMs: number): Timer {
    return this.#deps.clock.after(patienceMs, () => this.#on({ type: 'patience-ended' }));
  }

  #gone(reason: string) {
    const fields = { callId: this.callId, reason };
    return conflict('SIP_CALL_GONE', `the call cannot be answered: ${reason}`, fields);
  }
}

/** Sends a final response with a phrase of ours; srf knows no unregistered statuses. */
export function sendFinal(res: SrfResponse, status: number, reason: string): void {
  try {
    res.send(status, phrase(reason), {});
  } catch {
    // RFC 3261 s.8.1.3.2: an unknown status means the same as the x00 of its class.
    res.send(Math.floor(status / 100) * 100, phrase(reason), {});
  }
}
