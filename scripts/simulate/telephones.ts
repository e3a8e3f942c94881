// A Calls port over imagined telephones that do what the day says: who answers, how long somebody
// waits, how long they talk. Everything else is done by the real rules.
import type { Clock } from '../../core/ports.ts';
import type { CallEvent, Calls, DialCustomer, RingAgent, TakeCall } from '../../callback/index.ts';
import { chanceOf } from './chance.ts';
import type { Day, Dial, Interaction } from './day.ts';
import type { Ledger } from './ledger.ts';

/** Until a person is told from a machine; what the customer says first. */
const personHeardMs = 1_500;
const machineHeardMs = 3_000;
const beepMs = 8_000;
/** A prompt that is not repeated. */
const promptMs = 4_000;
const joinMs = 200;
/** Every time zone is a whole number of these from UTC. */
const quarterMs = 900_000;

interface Leg {
  readonly customer: Customer;
  readonly key: string;
  isUp: boolean;
  /** What plays now; an older one says nothing any more. */
  playing: object | null;
}

interface Contact {
  leg: Leg | null;
  agentReservation: string | null;
  isJoined: boolean;
}

/** One interaction of the day with the number it calls from. */
export interface Customer {
  readonly index: number;
  readonly number: string;
  readonly wishes: Interaction;
  dials: number;
}

type Listener = (interactionId: string, attemptKey: string, event: CallEvent) => void;

export class Telephones implements Calls {
  readonly #clock: Clock;
  readonly #day: Day;
  readonly #ledger: Ledger;
  readonly #contacts = new Map<string, Contact>();
  /** Who has which number at the moment: the one who asked last. */
  readonly #customers = new Map<string, Customer>();
  readonly #listeners: Listener[] = [];
  /** Numbers of callers on the line. */
  readonly #onTheLine = new Map<string, number>();
  #hour = { quarter: -1, hour: 0 };

  constructor(day: Day, clock: Clock, ledger: Ledger) {
    this.#day = day;
    this.#clock = clock;
    this.#ledger = ledger;
  }

  /** This one has that number from now on. */
  putCustomer(customer: Customer): void {
    this.#customers.set(customer.number, customer);
  }

  isOnTheLine(number: string): boolean {
    return (this.#onTheLine.get(number) ?? 0) > 0;
  }

  /** A caller, whose call is answered, waits as long as patience lasts. */
  callerArrives(interactionId: string, customer: Customer): void {
    const leg: Leg = { customer, key: interactionId, isUp: true, playing: null };
    this.#contact(interactionId).leg = leg;
    this.#onTheLine.set(customer.number, (this.#onTheLine.get(customer.number) ?? 0) + 1);
    this.#waits(interactionId, leg);
  }

  /** Nobody of a day calls an access number. */
  takeCall({ interactionId, attemptKey }: TakeCall): void {
    for (const listener of this.#listeners)
      listener(interactionId, attemptKey, { type: 'customer-hung-up' });
  }

  dialCustomer({
    interactionId: id,
    attemptKey,
    customerNumber,
    ringTimeoutMs,
  }: DialCustomer): void {
    const contact = this.#contact(id);
    const customer = this.#customers.get(customerNumber);
    if (customer === undefined || contact.leg?.key === attemptKey) return;
    const leg: Leg = { customer, key: attemptKey, isUp: true, playing: null };
    contact.leg = leg;
    this.#ledger.dialled(id);
    const dial = this.#dialOf(customer);
    customer.dials += 1;
    this.#later(500, leg, () => this.#say(id, leg, { type: 'customer-ringing' }));
    this.#ring(id, leg, dial, ringTimeoutMs);
  }

  #ring(id: string, leg: Leg, { result, ringSeconds = 5 }: Dial, ringTimeoutMs: number): void {
    const ringMs = Math.round(ringSeconds * 1_000);
    switch (result) {
      case 'busy':
        return this.#later(1_500, leg, () => this.#fails(id, leg, 486));
      case 'refused':
        return this.#later(ringMs, leg, () => this.#fails(id, leg, 603));
      case 'invalid':
        return this.#later(1_500, leg, () => this.#fails(id, leg, 404));
      case 'person':
      case 'machine':
        if (ringMs < ringTimeoutMs) {
          return this.#later(ringMs, leg, () => this.#answered(id, leg, result));
        }
        return this.#later(ringTimeoutMs, leg, () => this.#fails(id, leg, 487));
      case 'no-answer':
        return this.#later(ringTimeoutMs, leg, () => this.#fails(id, leg, 487));
    }
  }

  /** What the day says of this dial, else chance by the hour. */
  #dialOf({ wishes, index, dials }: Customer): Dial {
    const told = wishes.dials[dials];
    const { head } = this.#day;
    const chance = (what: string): number => chanceOf(head.seed, index, dials, what);
    const [least, most] = head.ringSeconds;
    const ringSeconds = told?.ringSeconds ?? least + (most - least) * chance('ring');
    if (told !== undefined) return { ...told, ringSeconds };
    const hour = this.#hourNow();
    const isAnswered = chance('answer') < (head.answerByHour[hour] ?? 0);
    if (isAnswered) {
      return { result: chance('machine') < head.machineShare ? 'machine' : 'person', ringSeconds };
    }
    return { result: chance('busy') < head.busyShare ? 'busy' : 'no-answer', ringSeconds };
  }

  /** Of the day, in its time zone; asked of the calendar once in a quarter of an hour. */
  #hourNow(): number {
    const quarter = Math.floor(this.#clock.nowMs() / quarterMs);
    if (quarter !== this.#hour.quarter) {
      const now = Temporal.Instant.fromEpochMilliseconds(quarter * quarterMs);
      this.#hour = { quarter, hour: now.toZonedDateTimeISO(this.#day.head.timeZone).hour };
    }
    return this.#hour.hour;
  }

  #answered(id: string, leg: Leg, kind: 'person' | 'machine'): void {
    this.#ledger.answered(id, kind);
    this.#say(id, leg, { type: 'customer-answered' });
    const finding = { kind, confidence: 0.95, atMs: personHeardMs, evidence: [] };
    this.#later(kind === 'person' ? personHeardMs : machineHeardMs, leg, () =>
      this.#say(id, leg, { type: 'customer-classified', finding }),
    );
    if (kind === 'person') return this.#waits(id, leg);
    this.#later(beepMs, leg, () => this.#say(id, leg, { type: 'machine-beeped' }));
  }

  #waits(id: string, leg: Leg): void {
    this.#later(leg.customer.wishes.patienceSeconds * 1_000, leg, () => {
      if (this.#contacts.get(id)?.isJoined === true) return;
      this.#ledger.gaveUp(id);
      this.#customerLeaves(id, leg);
    });
  }

  #fails(id: string, leg: Leg, sipStatus: number): void {
    const cancelledByUs = sipStatus === 487;
    const failure = { sipStatus, q850Cause: null, cancelledByUs, reason: 'simulated', cpd: null };
    leg.isUp = false;
    this.#say(id, leg, { type: 'customer-failed', failure });
  }

  playToCustomer(id: string, treatment: string, loop: boolean): void {
    const leg = this.#contacts.get(id)?.leg ?? null;
    if (leg === null) return;
    const playing = {};
    leg.playing = playing;
    if (loop) return;
    this.#later(promptMs, leg, () => {
      if (leg.playing === playing) this.#say(id, leg, { type: 'treatment-ended', treatment });
    });
  }

  ringAgent({ interactionId: id, reservationId, ringTimeoutMs }: RingAgent): void {
    const contact = this.#contact(id);
    if (contact.agentReservation === reservationId) return;
    contact.agentReservation = reservationId;
    const { seed, agentMissShare, agentAnswerSeconds } = this.#day.head;
    const isMissed = chanceOf(seed, reservationId, 'miss') < agentMissShare;
    this.#clock.after(isMissed ? ringTimeoutMs : Math.round(agentAnswerSeconds * 1_000), () => {
      if (contact.agentReservation !== reservationId) return;
      if (!isMissed) return this.#sayOf(id, { type: 'agent-answered', reservationId });
      contact.agentReservation = null;
      this.#sayOf(id, { type: 'agent-failed', reservationId, why: 'no-answer' });
    });
  }

  /** Agents wait in silence: what they hear changes nothing. */
  playToAgent(): void {
    return;
  }

  join(id: string, reservationId: string): void {
    const contact = this.#contacts.get(id);
    const leg = contact?.leg ?? null;
    if (contact === undefined || leg === null || !leg.isUp || contact.isJoined) return;
    if (contact.agentReservation !== reservationId) return;
    contact.isJoined = true;
    this.#later(joinMs, leg, () => {
      this.#ledger.joined(id);
      this.#say(id, leg, { type: 'joined', reservationId, recording: null });
    });
    this.#later(joinMs + leg.customer.wishes.talkSeconds * 1_000, leg, () =>
      this.#customerLeaves(id, leg),
    );
  }

  hangUpCustomer(id: string): void {
    const leg = this.#contacts.get(id)?.leg;
    if (leg) leg.isUp = false;
  }

  hangUpAgent(id: string): void {
    const contact = this.#contacts.get(id);
    if (contact !== undefined) contact.agentReservation = null;
  }

  endContact(id: string): void {
    const contact = this.#contacts.get(id);
    if (contact === undefined) return;
    this.hangUpCustomer(id);
    contact.agentReservation = null;
    this.#contacts.delete(id);
    const leg = contact.leg;
    if (leg === null || leg.key !== id) return;
    const { number } = leg.customer;
    const left = (this.#onTheLine.get(number) ?? 1) - 1;
    if (left === 0) this.#onTheLine.delete(number);
    else this.#onTheLine.set(number, left);
  }

  isLive(id: string, attemptKey: string): boolean {
    return this.#contacts.get(id)?.leg?.key === attemptKey;
  }

  onEvent(listener: Listener): void {
    this.#listeners.push(listener);
  }

  #contact(id: string): Contact {
    const known = this.#contacts.get(id);
    if (known !== undefined) return known;
    const contact: Contact = { leg: null, agentReservation: null, isJoined: false };
    this.#contacts.set(id, contact);
    return contact;
  }

  #customerLeaves(id: string, leg: Leg): void {
    leg.isUp = false;
    this.#say(id, leg, { type: 'customer-hung-up' });
  }

  /** As long as this leg is up. */
  #later(delayMs: number, leg: Leg, act: () => void): void {
    this.#clock.after(Math.round(delayMs), () => {
      if (leg.isUp) act();
    });
  }

  #say(id: string, leg: Leg, event: CallEvent): void {
    for (const listener of this.#listeners) listener(id, leg.key, event);
  }

  #sayOf(id: string, event: CallEvent): void {
    const key = this.#contacts.get(id)?.leg?.key ?? '';
    for (const listener of this.#listeners) listener(id, key, event);
  }
}
