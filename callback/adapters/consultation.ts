// An agent in a conversation asks somebody else first: a second call of the agent's phone, joined
// to a third party by us. An attended transfer (RFC 5589 s.7) takes that party over.
import type { CallTarget, DialogName, InboundCall } from '../../sip/index.ts';
import { TelephoneLeg } from './leg.ts';
import type { LegDeps, LegListener } from './leg.ts';

export interface ConsultationParts {
  readonly call: InboundCall;
  readonly target: CallTarget;
  readonly label: string;
  /** The legs must share the worker of the conversation that they may come to join. */
  readonly affinity: string;
  readonly ringTimeoutMs: number;
  readonly nextLegId: () => string;
  readonly placed: (callId: string) => void;
  readonly over: () => void;
}

const silent: Pick<LegListener, 'ringing' | 'verdict' | 'playEnded' | 'digit'> = {
  ringing: () => undefined,
  verdict: () => undefined,
  playEnded: () => undefined,
  digit: () => undefined,
};

export class Consultation {
  readonly label: string;
  readonly target: CallTarget;
  readonly #parts: ConsultationParts;
  readonly #deps: LegDeps;
  readonly #asking: TelephoneLeg;
  readonly #asked: TelephoneLeg;
  /** Who hears of the third party's leg once it was taken over. */
  #heir: LegListener | null = null;
  #isOver = false;

  constructor(parts: ConsultationParts, deps: LegDeps) {
    this.label = parts.label;
    this.target = parts.target;
    this.#parts = parts;
    this.#deps = deps;
    const end = (): void => this.end('the other party is gone');
    const own = { ...silent, hungUp: end, lost: end };
    this.#asking = new TelephoneLeg(parts.nextLegId(), false, deps, {
      ...own,
      answered: () => undefined,
      failed: end,
    });
    this.#asked = new TelephoneLeg(parts.nextLegId(), false, deps, this.#askedListener());
  }

  /** Rings the third party for the agent, whose call is answered when that one answers. */
  async begin(): Promise<void> {
    const { call, target, affinity, ringTimeoutMs, placed } = this.#parts;
    placed(call.callId);
    call.onCancelled(() => {
      if (!this.#asking.answered) this.end('cancelled');
    });
    call.ring(null);
    const isColleague = call.source.kind === 'user' && target.kind === 'user';
    await this.#asked.dial(affinity, {
      target,
      callerId: isColleague ? call.source.username : null,
      displayName: null,
      ringTimeoutMs,
      headers: {},
    });
    if (this.#asked.callId !== null) placed(this.#asked.callId);
  }

  /** Whether this is the dialog of the agent's second call. */
  isDialog(name: DialogName): boolean {
    return this.#asked.answered && this.#asking.isDialog(name);
  }

  /** The third party's leg leaves for another conversation; the agent's second call ends. */
  take(heir: LegListener): TelephoneLeg {
    this.#heir = heir;
    this.end('transferred');
    return this.#asked;
  }

  end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (!this.#asking.answered) this.#parts.call.reject(480, 'Temporarily Unavailable');
    this.#asking.end(reason);
    if (this.#heir === null) this.#asked.end(reason);
    this.#parts.over();
  }

  #askedListener(): LegListener {
    return {
      ...silent,
      digit: (digit, durationMs) => this.#heir?.digit(digit, durationMs),
      answered: () => void this.#answered(),
      failed: ({ status, reason }) => {
        if (this.#isOver) return;
        this.#parts.call.reject(status, reason);
        this.end(reason);
      },
      hungUp: () => (this.#heir === null ? this.end('hung up') : this.#heir.hungUp()),
      lost: (reason) => (this.#heir === null ? this.end(reason) : this.#heir.lost(reason)),
      referred: (request) => {
        if (this.#heir?.referred === undefined) request.reject(403, 'Not Yours To Transfer');
        else this.#heir.referred(request);
      },
    };
  }

  async #answered(): Promise<void> {
    const { affinity, call } = this.#parts;
    const stands = await this.#asking.accept(affinity, call);
    if (this.#isOver) return;
    if (stands) this.#deps.media.bridge(this.#asking.legId, this.#asked.legId);
    else this.end('the agent is gone');
  }
}
