// One contact: the customer's leg and the agent's of one interaction, bridged when joined. Turns
// commands into signalling and sound, and what happens on the legs into events. Decides nothing.
import type { CallFailure, InboundCall } from '../../sip/index.ts';
import type { CpdVerdict, LegStats } from '../../media/index.ts';
import type { LegQuality } from '../model.ts';
import type { CallEvent, CpdFinding, DialCustomer, RingAgent } from '../ports.ts';
import type { CallsOptions } from './calls.ts';
import { Control } from './control.ts';
import { Handover } from './handover.ts';
import type { Conversation, Seated } from './handover.ts';
import type { LegDeps, LegListener } from './leg.ts';
import { TelephoneLeg } from './leg.ts';
import { Taping } from './taping.ts';
import type { TapingHost } from './taping.ts';
import type { TransferGoal } from './transfer.ts';

/** What a contact needs of the book that keeps it. */
export interface ContactHost extends TapingHost {
  readonly deps: LegDeps;
  readonly treatment: CallsOptions['treatment'];
  /** Whom a user part reaches by the number plan; null: nobody. */
  readonly transferGoal: (user: string) => TransferGoal | null;
  nextLegId(): string;
  emit(contact: Contact, event: CallEvent): void;
  /** A leg is over; the key is that of the attempt it was part of. */
  measured(of: Contact, key: string | null, leg: LegQuality['leg'], stats: LegStats): void;
  /** A leg got its SIP Call-ID. */
  placed(interactionId: string, callId: string): void;
  /** Both legs are gone. */
  emptied(contact: Contact): void;
}

/** Verdicts on early media that mean the call will not be answered. */
const HOPELESS: ReadonlySet<string> = new Set(['busy', 'reorder', 'sit', 'fax']);

/** Heard by a customer who is being transferred. */
const HOLD_TREATMENT = 'waiting';

export class Contact {
  readonly interactionId: string;
  /** Null until the customer is dialled (agent first). */
  attemptKey: string | null;
  /** Transfers and what goes before them. */
  readonly handover: Handover;
  /** What operators may do with the conversation. */
  readonly control: Control;
  readonly #host: ContactHost;
  /** Its legs live in one media worker, where the first one was opened. */
  readonly #affinity: string;
  #customer: TelephoneLeg | null = null;
  #agent: Seated | null = null;
  #records = false;
  readonly #taping: Taping;
  #playing: { readonly treatment: string; readonly playId: number } | null = null;
  /** The last thing heard before the answer. */
  #heardBefore: CpdFinding | null = null;
  #rang = false;
  #classified = false;
  #joined = false;

  constructor(
    interactionId: string,
    attemptKey: string | null,
    host: ContactHost,
    affinity = interactionId,
  ) {
    this.interactionId = interactionId;
    this.attemptKey = attemptKey;
    this.#host = host;
    this.#affinity = affinity;
    this.#taping = new Taping(interactionId, host);
    const talk = this.#conversation();
    this.handover = new Handover(talk);
    this.control = new Control({
      ...talk,
      agentLeg: () => this.#agent?.leg ?? null,
      isJoined: () => this.#joined,
      taping: this.#taping,
    });
  }

  dialCustomer(command: DialCustomer): void {
    this.attemptKey = command.attemptKey;
    this.#heardBefore = null;
    this.#rang = false;
    this.#classified = false;
    this.#joined = false;
    const leg = this.#newCustomer(true);
    const target = {
      kind: 'number',
      number: command.customerNumber,
      trunk: command.trunk,
    } as const;
    void this.#dial(leg, {
      target,
      callerId: command.callerId ?? null,
      withholdCallerId: command.withholdCallerId ?? false,
      displayName: null,
      ringTimeoutMs: command.ringTimeoutMs,
      headers: {},
    });
  }

  /** Answers a caller; nobody is classified, the caller rang us. False: the caller is gone. */
  async adopt(call: InboundCall): Promise<boolean> {
    this.#classified = true;
    const leg = this.#newCustomer(false);
    this.#host.placed(this.interactionId, call.callId);
    call.onCancelled(() => {
      if (!leg.answered) this.end('caller cancelled');
    });
    const accepted = await leg.accept(this.#affinity, call);
    if (!accepted) this.end('caller gone');
    return accepted;
  }

  /** The customer's leg, for another contact; there is none here any more. */
  release(): TelephoneLeg | null {
    const leg = this.#customer;
    this.#customerGone();
    return leg;
  }

  /** A caller who was answered elsewhere is the customer from now on; one who is gone hung up. */
  take(leg: TelephoneLeg | null): void {
    this.#classified = true;
    if (leg?.answered !== true) {
      this.#tellIfEmpty();
      return this.#emit({ type: 'customer-hung-up' });
    }
    leg.listener = this.#customerListener();
    this.#customer = leg;
    if (leg.callId !== null) this.#host.placed(this.interactionId, leg.callId);
  }

  playToCustomer(treatment: string, loop: boolean, digits?: string): void {
    if (this.#customer === null) return;
    const sources = this.#host.treatment(treatment, this.interactionId, digits);
    const playId = this.#customer.play(sources, loop);
    this.#playing = { treatment, playId };
  }

  playToAgent(treatment: string, loop: boolean): void {
    this.#agent?.leg.play(this.#host.treatment(treatment, this.interactionId), loop);
  }

  ringAgent(command: RingAgent): void {
    const { reservationId } = command;
    if (this.#agent?.reservationId === reservationId) return;
    this.#agent?.leg.end('another agent takes the call');
    const leg = new TelephoneLeg(
      this.#host.nextLegId(),
      false,
      this.#host.deps,
      this.#agentListener(reservationId),
    );
    this.#agent = { reservationId, leg, command, username: command.username };
    this.#joined = false;
    this.#ring(leg, command);
  }

  #ring(leg: TelephoneLeg, command: RingAgent): void {
    void this.#dial(leg, {
      target: { kind: 'user', username: command.username },
      callerId: command.customerNumber,
      displayName: null,
      ringTimeoutMs: command.ringTimeoutMs,
      headers: {},
    });
  }

  join(reservationId: string, record: boolean): void {
    const customer = this.#customer;
    const agent = this.#agent;
    if (customer === null || agent?.reservationId !== reservationId) return;
    if (this.#taping.path !== null) return;
    this.#records = record;
    this.#joined = true;
    const recording = this.#bridge(customer, agent.leg);
    this.#emit({ type: 'joined', reservationId, recording });
  }

  /** Both hear each other; the path of what records them. */
  #bridge(customer: TelephoneLeg, other: TelephoneLeg): string | null {
    this.#playing = null;
    this.#host.deps.media.bridge(customer.legId, other.legId);
    this.control.joined();
    if (!this.#records) return null;
    this.#taping.start(this.attemptKey ?? this.interactionId, customer, other);
    return this.#taping.path;
  }

  /** An operator ends the call, for the rules as if the customer had. False: nobody answered. */
  hangUpByOperator(): boolean {
    if (this.#customer?.answered !== true) return false;
    this.hangUpCustomer('ended by an operator');
    this.#emit({ type: 'customer-hung-up' });
    return true;
  }

  /** What the handovers of this contact may do with it. */
  #conversation(): Conversation {
    return {
      interactionId: this.interactionId,
      affinity: this.#affinity,
      host: this.#host,
      customer: () => this.#customer,
      agent: () => (this.#joined ? this.#agent : null),
      seat: (leg, username) => this.#seat(leg, username),
      hold: () => this.playToCustomer(HOLD_TREATMENT, true),
      recording: () => this.#taping.path,
      listener: (reservationId) => this.#agentListener(reservationId),
      dial: (leg, request) => void this.#dial(leg, request),
      ring: (leg, command) => this.#ring(leg, command),
      agentGone: () => this.#agentGone(),
      emit: (event) => this.#emit(event),
    };
  }

  /** This leg talks to the customer from now on. */
  #seat(leg: TelephoneLeg, username: string | null): string | null {
    if (this.#agent === null || this.#customer === null) return null;
    this.#agent = { ...this.#agent, leg, username };
    return this.#bridge(this.#customer, leg);
  }

  hangUpCustomer(reason: string): void {
    this.#customer?.end(reason);
    this.#customerGone();
  }

  hangUpAgent(reason: string): void {
    this.#agent?.leg.end(reason);
    this.#agentGone();
  }

  /** Ends both legs; no event follows. */
  end(reason: string): void {
    this.handover.end(reason);
    this.#customer?.end(reason);
    this.#agent?.leg.end(reason);
    this.#agent = null;
    this.#customerGone();
  }

  #newCustomer(detects: boolean): TelephoneLeg {
    this.#customer?.end('replaced by a new attempt');
    const legId = this.#host.nextLegId();
    this.#customer = new TelephoneLeg(legId, detects, this.#host.deps, this.#customerListener());
    return this.#customer;
  }

  async #dial(leg: TelephoneLeg, request: Parameters<TelephoneLeg['dial']>[1]): Promise<void> {
    await leg.dial(this.#affinity, request);
    if (leg.callId !== null) this.#host.placed(this.interactionId, leg.callId);
  }

  #customerListener(): LegListener {
    const { attemptKey } = this;
    return {
      measured: (stats) => this.#host.measured(this, attemptKey, 'customer', stats),
      ringing: () => {
        if (this.#rang) return;
        this.#rang = true;
        this.#emit({ type: 'customer-ringing', ...this.#carried() });
      },
      answered: () => this.#emit({ type: 'customer-answered', ...this.#carried() }),
      failed: (failure) => {
        const carried = this.#carried();
        this.#customerGone();
        // Not the customer's fault, and the telephone may still ring.
        if (failure.engineLost === true) {
          this.#emit({ type: 'call-lost', reason: failure.reason });
        } else this.#emit({ ...customerFailed(failure, this.#heardBefore), ...carried });
      },
      hungUp: () => {
        this.#customerGone();
        this.#emit({ type: 'customer-hung-up' });
      },
      lost: (reason) => {
        this.#customerGone();
        this.#emit({ type: 'call-lost', reason });
      },
      verdict: (verdict) => this.#heard(verdict),
      playEnded: (playId) => {
        this.#taping.playEnded(playId);
        this.control.playEnded(playId);
        const playing = this.#playing;
        if (playing?.playId !== playId) return;
        this.#playing = null;
        this.#emit({ type: 'treatment-ended', treatment: playing.treatment });
      },
      digit: (digit, durationMs) =>
        this.#emit({ type: 'digit', leg: 'customer', digit, durationMs }),
    };
  }

  #agentListener(reservationId: string): LegListener {
    const gone = (event: CallEvent) => {
      // While it is being transferred the customer waits for others.
      if (this.handover.agentLeft()) return;
      this.#agentGone();
      this.#emit(event);
    };
    return {
      measured: (stats) => this.#host.measured(this, this.attemptKey, 'agent', stats),
      ringing: () => undefined,
      answered: () => this.#emit({ type: 'agent-answered', reservationId }),
      failed: (failure) =>
        gone({ type: 'agent-failed', reservationId, why: agentFailure(failure) }),
      hungUp: () => gone({ type: 'agent-hung-up', reservationId }),
      lost: () => gone({ type: 'agent-hung-up', reservationId }),
      verdict: () => undefined,
      playEnded: () => undefined,
      digit: (digit, durationMs) => this.#emit({ type: 'digit', leg: 'agent', digit, durationMs }),
      referred: (request) => this.handover.referred(reservationId, request),
    };
  }

  /** Told once, and once more, even after the join, when a person turns out to be a machine. */
  #heard(verdict: CpdVerdict): void {
    const { kind, confidence, atMs, evidence } = verdict;
    const finding: CpdFinding = { kind, confidence, atMs, evidence };
    if (this.#customer?.answered === true) {
      if (kind === 'beep') this.#emit({ type: 'machine-beeped' });
      else if (!this.#classified || kind === 'machine') {
        this.#classified = true;
        this.#emit({ type: 'customer-classified', finding });
        // Joined, and known: no beep matters any more.
        if (this.#joined) this.#customer?.stopDetecting();
      }
      return;
    }
    this.#heardBefore = finding;
    if (!HOPELESS.has(kind)) return;
    const carried = this.#carried();
    this.#customer?.end(`heard ${kind}`);
    this.#customerGone();
    const reason = `heard ${kind} before the answer`;
    this.#emit({
      type: 'customer-failed',
      failure: { sipStatus: null, q850Cause: null, cancelledByUs: true, reason, cpd: finding },
      ...carried,
    });
  }

  /** The trunk of the customer's leg, for events that tell it. */
  #carried(): { readonly trunk?: string } {
    const trunk = this.#customer?.trunk ?? null;
    return trunk === null ? {} : { trunk };
  }

  #customerGone(): void {
    this.#customer = null;
    this.handover.customerLeft();
    this.control.parted();
    this.#playing = null;
    this.#taping.stop();
    this.#tellIfEmpty();
  }

  #agentGone(): void {
    this.#agent = null;
    this.#joined = false;
    this.control.parted();
    this.#taping.stop();
    this.#tellIfEmpty();
  }

  #tellIfEmpty(): void {
    if (this.#customer === null && this.#agent === null) this.#host.emptied(this);
  }

  #emit(event: CallEvent): void {
    this.#host.emit(this, event);
  }
}

function customerFailed(failure: CallFailure, heard: CpdFinding | null): CallEvent {
  return {
    type: 'customer-failed',
    failure: {
      sipStatus: failure.status,
      q850Cause: failure.q850Cause,
      cancelledByUs: failure.cancelledByUs,
      reason: failure.reason,
      cpd: heard,
      ...(failure.refused && { refused: failure.refused }),
    },
  };
}

/** Who refuses by hand says 486, 600 or 603; 408 and a cancelled ring did not answer. */
function agentFailure(failure: CallFailure): 'no-answer' | 'rejected' | 'unreachable' {
  const { status } = failure;
  if (failure.cancelledByUs || status === 487 || status === 408) return 'no-answer';
  return status === 486 || status === 600 || status === 603 ? 'rejected' : 'unreachable';
}
