// A call to a number: one trunk after the other, each attempt an outbound call of its own, around
// the rule in hunt-rules.ts. For whoever placed it there is one call with one Call-ID.
import { conflict } from '../../../core/errors.ts';
import type { Timer } from '../../../core/ports.ts';
import type { CallFailure, CallLeg, OriginateRequest, OutboundCallEvents } from '../../types.ts';
import type { BranchPlan } from '../branch.ts';
import { expiresValue } from '../call-plan.ts';
import type { TrunkRoute } from '../call-plan.ts';
import type { LiveCall, LiveCalls } from '../live-calls.ts';
import { OutboundCall } from '../originate.ts';
import type { OutboundDeps } from '../originate.ts';
import type { Place } from '../../transport/locate.ts';
import type { HeaderRecord, SrfApp } from '../srf.ts';
import type { TrunkBoard } from './board.ts';
import type { LiveTrunk } from './live-trunk.ts';
import { hostPort } from '../../message/uri.ts';
import { startHunt, stepHunt } from './hunt-rules.ts';
import type { HuntEffect, HuntEvent, HuntState } from './hunt-rules.ts';
import { redirectTarget } from './redirect.ts';
import type { RedirectTarget } from './redirect.ts';
import { hopTo } from './targets.ts';

export interface HuntParts {
  readonly callId: string;
  readonly request: OriginateRequest;
  /** The trunk to try first, and the others in order. */
  readonly first: TrunkRoute;
  readonly rest: readonly TrunkRoute[];
  readonly srf: SrfApp;
  readonly events: OutboundCallEvents;
}

export interface HuntDeps extends Omit<OutboundDeps, 'live'> {
  readonly live: LiveCalls;
  readonly board: TrunkBoard;
}

/** No attempt begins with less than this, or a quarter of the whole time when that is shorter. */
const MIN_RING_MS = 5_000;

/** A call on its way over the trunks; a `CallLeg` for whoever placed it. */
export class HuntedCall implements CallLeg, LiveCall {
  readonly callId: string;
  readonly #parts: HuntParts;
  readonly #deps: HuntDeps;
  readonly #routes: ReadonlyMap<string, TrunkRoute>;
  /** As they are now: other settings make other ones, and turns go back where they came from. */
  readonly #trunks: ReadonlyMap<string, LiveTrunk>;
  readonly #deadlineMs: number;
  readonly #ringTimer: Timer;
  readonly #mailbox: HuntEvent[] = [];
  #isStepping = false;
  #state: HuntState;
  #attempt: OutboundCall | null = null;

  /** Asks the first trunk for a turn; without limits the INVITE goes out at once. */
  constructor(parts: HuntParts, deps: HuntDeps) {
    const { callId, request, first, rest } = parts;
    const names = rest.map(({ trunk }) => trunk.name);
    this.callId = callId;
    this.#parts = parts;
    this.#deps = deps;
    this.#routes = new Map([first, ...rest].map((route) => [route.trunk.name, route]));
    this.#trunks = new Map([...this.#routes.keys()].map((name) => [name, deps.board.trunk(name)]));
    this.#state = startHunt(first.trunk.name, names);
    this.#deadlineMs = deps.clock.monotonicMs() + request.ringTimeoutMs;
    this.#ringTimer = deps.clock.after(request.ringTimeoutMs, () =>
      this.#on({ type: 'ring-timer-fired' }),
    );
    deps.live.add(this);
    this.#on({ type: 'started' });
  }

  hangUp(reason: string): void {
    this.#on({ type: 'hang-up-asked', reason });
  }

  reoffer(sdp: string): Promise<string> {
    if (this.#state.name === 'answered' && this.#attempt !== null)
      return this.#attempt.reoffer(sdp);
    const message = 'there is no answered call to change';
    return Promise.reject(conflict('SIP_CALL_NOT_ANSWERED', message, { callId: this.callId }));
  }

  engineLost(reason: string): void {
    this.#on({ type: 'engine-lost', reason });
  }

  get #timeLeftMs(): number {
    return this.#deadlineMs - this.#deps.clock.monotonicMs();
  }

  /** Whether an attempt that begins now can be answered; a telephone that only chirps annoys. */
  get #hasTime(): boolean {
    return this.#timeLeftMs >= Math.min(MIN_RING_MS, this.#parts.request.ringTimeoutMs / 4);
  }

  /** Effects may bring events at once: they are stepped one after the other. */
  #on(event: HuntEvent): void {
    this.#mailbox.push(event);
    if (this.#isStepping) return;
    this.#isStepping = true;
    for (let next = this.#mailbox.shift(); next !== undefined; next = this.#mailbox.shift()) {
      const [state, effects] = stepHunt(this.#state, next);
      this.#state = state;
      for (const effect of effects) this.#perform(effect);
    }
    this.#isStepping = false;
    if (this.#state.name === 'over') this.#deps.live.delete(this);
  }

  #perform(effect: HuntEffect): void {
    switch (effect.type) {
      case 'ask-slot':
        return this.#trunk(effect.trunk).ask(this.callId, {
          granted: (targets) => this.#on({ type: 'slot-granted', hasTime: this.#hasTime, targets }),
          refused: (why) => this.#on({ type: 'slot-refused', why }),
        });
      case 'withdraw':
        return this.#trunk(effect.trunk).withdraw(this.callId);
      case 'release-slot':
        return this.#trunk(effect.trunk).release();
      case 'send':
        return this.#send(effect.trunk, effect.redirect, effect.target);
      case 'hang-up-attempt':
        return this.#attempt?.hangUp(effect.reason);
      case 'lose-attempt':
        return this.#attempt?.engineLost(effect.reason);
      case 'stop-ring-timer':
        return this.#ringTimer.cancel();
      case 'tell-trunk':
        return this.#tell((events) => events.trunkChosen?.(effect.trunk));
      case 'tell-provisional':
        return this.#tell((events) => events.provisional(effect.status, effect.sdp));
      case 'tell-answered':
        return this.#tell((events) => events.answered(effect.sdp));
      case 'tell-failed':
        return this.#tell((events) => events.failed(effect.failure));
      case 'tell-ended':
        return this.#tell((events) => events.ended(effect.by, effect.reason));
    }
  }

  #trunk(name: string): LiveTrunk {
    const trunk = this.#trunks.get(name);
    if (trunk === undefined) throw new Error(`no route for trunk ${name}`);
    return trunk;
  }

  #send(trunk: string, redirect: RedirectTarget | null, target: Place | null): void {
    const route = this.#routes.get(trunk);
    if (route === undefined) throw new Error(`no route for trunk ${trunk}`);
    const ringTimeoutMs = Math.max(1, this.#timeLeftMs);
    const request = { ...this.#parts.request, ringTimeoutMs };
    const headers = { ...route.plan.headers, Expires: expiresValue(ringTimeoutMs) };
    const proxy = target === null ? null : hopTo(route.trunk, target);
    const isFirst = this.#attempt === null;
    const there = { ...route.plan, proxy, headers };
    const plan = isFirst ? there : planOf(there, redirect, this.#deps.ids.next());
    const { callId, srf } = this.#parts;
    const live = { farewell: (bye: Promise<unknown>) => this.#deps.live.farewell(bye) };
    this.#attempt = new OutboundCall(callId, request, [plan], srf, this.#eventsOf(route, target), {
      ...this.#deps,
      // One call is in the book: this one.
      live: { ...live, add: () => undefined, delete: () => undefined },
    });
  }

  #eventsOf(route: TrunkRoute, target: Place | null): OutboundCallEvents {
    const { events } = this.#parts;
    return {
      provisional: (status, sdp) => this.#on({ type: 'provisional-received', status, sdp }),
      answered: (sdp) => this.#on({ type: 'answer-received', sdp }),
      failed: (failure) => this.#attemptFailed(route, target, failure),
      ended: (by, reason) => this.#on({ type: 'dialog-ended', by, reason }),
      offered: (sdp) => events.offered(sdp),
      ...(events.freshOffer && { freshOffer: () => events.freshOffer?.() ?? '' }),
      info: (contentType, body) => events.info(contentType, body),
      lateAnswer: (sdp) => events.lateAnswer?.(sdp),
    };
  }

  #attemptFailed(
    { trunk, calledUser }: TrunkRoute,
    target: Place | null,
    failure: CallFailure,
  ): void {
    // What our engine did says nothing about the trunk.
    if (failure.engineLost !== true) this.#trunk(trunk.name).attemptFailed(failure, target);
    const contact = failure.redirectTo ?? '';
    const hasTime = this.#hasTime;
    const redirect = hasTime ? redirectTarget(contact, trunk, calledUser) : null;
    const { max: maxRedirects } = trunk.redirects;
    const { status, reason } = failure;
    const server = target === null ? null : hostPort(target.address, target.port);
    const ids = { callId: this.callId, trunk: trunk.name, server };
    this.#deps.log.info('trunk-attempt-failed', { ...ids, status, reason });
    this.#on({ type: 'attempt-failed', failure, redirect, maxRedirects, hasTime });
  }

  /** Listeners are called in order, but never from inside a call of theirs to us. */
  #tell(listener: (events: OutboundCallEvents) => void): void {
    queueMicrotask(() => listener(this.#parts.events));
  }
}

/** The plan for a further attempt: another From tag; credentials stay with the trunk. */
function planOf(plan: BranchPlan, redirect: RedirectTarget | null, tag: string): BranchPlan {
  const headers: HeaderRecord = { ...plan.headers };
  headers['From'] = (headers['From'] ?? '').replace(/;tag=.*$/, `;tag=${tag}`);
  if (redirect === null) return { ...plan, headers };
  const { requestUri, isTrunk } = redirect;
  if (!isTrunk) delete headers['P-Asserted-Identity'];
  return { ...plan, requestUri, headers, credentials: isTrunk ? plan.credentials : null };
}
