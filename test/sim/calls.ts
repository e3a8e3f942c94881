// A Calls port over an imagined telephone network. Customers and agents behave by chance; the
// network outlives a crash of our process, the port does not.
import type { Clock, Rng } from '../../core/ports.ts';
import type { CallEvent, Calls, DialCustomer, RingAgent, TakeCall } from '../../callback/index.ts';
import { between, draw, maybeThrow } from './faults.ts';
import type { Weather } from './faults.ts';
import type { Invariants } from './invariants.ts';

/** Longest a customer listens to a call whose other end is dead. */
const deadAirMs = 3_000;

/** Runs on the network's clock, which never dies. */
interface Network {
  readonly clock: Clock;
  readonly weather: Weather;
  readonly invariants: Invariants;
}

type CustomerLeg = {
  readonly number: string;
  readonly key: string;
  readonly ringEndsAtMs: number;
  up: 'ringing' | 'answered' | 'gone';
  playing: object | null;
};

interface Contact {
  customer: CustomerLeg | null;
  agent: { readonly username: string; readonly reservationId: string; up: boolean } | null;
  joined: boolean;
}

type Listener = (interactionId: string, attemptKey: string, event: CallEvent) => void;

export class SimulatedCalls implements Calls {
  readonly #network: Network;
  readonly #rng: Rng;
  readonly #contacts = new Map<string, Contact>();
  readonly #listeners: Listener[] = [];
  #dead = false;

  constructor(network: Network) {
    this.#network = network;
    this.#rng = network.weather.rng;
  }

  /** kill -9: no BYE, no CANCEL. Telephones ring on until their INVITE expires. */
  die(): void {
    this.#dead = true;
    const { clock, invariants } = this.#network;
    for (const { customer } of this.#contacts.values()) {
      if (customer === null || customer.up === 'gone') continue;
      const restMs = Math.max(0, customer.ringEndsAtMs - clock.nowMs());
      const goneAfterMs =
        customer.up === 'answered'
          ? between(this.#rng, 0, deadAirMs)
          : this.#rng.next() * restMs + (this.#rng.next() < 0.5 ? restMs : deadAirMs);
      clock.after(Math.min(goneAfterMs, restMs + deadAirMs), () =>
        invariants.phoneFree(customer.number, customer.key),
      );
    }
    invariants.agentsFree();
    this.#contacts.clear();
  }

  dialCustomer(command: DialCustomer): void {
    if (this.#dead) return;
    const { clock, invariants, weather } = this.#network;
    const { interactionId: id, attemptKey: key, customerNumber, ringTimeoutMs } = command;
    const contact = this.#contact(id);
    if (contact.customer?.key === key) return;
    maybeThrow(weather, 'dialCustomer');
    invariants.dialled(command, clock.nowMs());
    const ringEndsAtMs = clock.nowMs() + ringTimeoutMs;
    const leg: CustomerLeg = {
      number: customerNumber,
      key,
      ringEndsAtMs,
      up: 'ringing',
      playing: null,
    };
    contact.customer = leg;
    this.#later(1_000, leg, () => this.#say(id, leg, { type: 'customer-ringing' }));
    this.#decideAnswer(id, leg, ringTimeoutMs);
  }

  #decideAnswer(id: string, leg: CustomerLeg, ringTimeoutMs: number): void {
    const fails =
      (sipStatus: number, cancelledByUs = false) =>
      () => {
        const failure = { sipStatus, q850Cause: null, cancelledByUs, reason: 'sim', cpd: null };
        this.#hangUp(leg);
        this.#say(id, leg, { type: 'customer-failed', failure });
      };
    const weights = { answers: 70, busy: 8, silent: 12, refuses: 4, unknown: 3, broken: 3 };
    const soonMs = between(this.#rng, 500, 4_000);
    switch (draw(this.#rng, weights)) {
      case 'answers':
        return this.#later(between(this.#rng, 2_000, ringTimeoutMs - 1), leg, () =>
          this.#answered(id, leg),
        );
      case 'busy':
        return this.#later(soonMs, leg, fails(486));
      case 'silent':
        return this.#later(ringTimeoutMs, leg, fails(487, true));
      case 'refuses':
        return this.#later(soonMs, leg, fails(603));
      case 'unknown':
        return this.#later(soonMs, leg, fails(404));
      case 'broken':
        return this.#later(soonMs, leg, fails(503));
    }
  }

  #answered(id: string, leg: CustomerLeg): void {
    leg.up = 'answered';
    this.#say(id, leg, { type: 'customer-answered' });
    const weights = {
      person: 72,
      machine: 15,
      fax: 2,
      silence: 4,
      undecided: 3,
      nothing: 2,
      gone: 2,
    };
    const kind = draw(this.#rng, weights);
    this.#maybeLost(id, leg);
    if (kind === 'gone') return this.#later(1_500, leg, () => this.#customerLeaves(id, leg));
    if (kind !== 'nothing') {
      this.#later(between(this.#rng, 900, 4_000), leg, () => {
        const finding = { kind, confidence: 0.9, atMs: 1_000, evidence: [] };
        this.#say(id, leg, { type: 'customer-classified', finding });
      });
    }
    if (kind === 'machine' && this.#rng.next() < 0.7) {
      this.#later(between(this.#rng, 5_000, 20_000), leg, () =>
        this.#say(id, leg, { type: 'machine-beeped' }),
      );
    }
    const patienceMs = between(this.#rng, 20_000, 400_000);
    this.#later(patienceMs, leg, () => {
      if (this.#contacts.get(id)?.joined !== true) this.#customerLeaves(id, leg);
    });
  }

  /** A caller whose call the adapter answered. */
  adopt(id: string): void {
    const leg: CustomerLeg = {
      number: id,
      key: id,
      ringEndsAtMs: 0,
      up: 'answered',
      playing: null,
    };
    this.#contact(id).customer = leg;
    this.#maybeLost(id, leg);
    this.#later(between(this.#rng, 20_000, 900_000), leg, () => {
      if (this.#contacts.get(id)?.joined !== true) this.#customerLeaves(id, leg);
    });
  }

  /** The caller's call is the customer's of a callback from now on. */
  takeCall({ interactionId: id, attemptKey: key, callerId }: TakeCall): void {
    if (this.#dead || this.isLive(id, key)) return;
    maybeThrow(this.#network.weather, 'takeCall');
    const caller = this.#contacts.get(callerId)?.customer ?? null;
    this.#contacts.delete(callerId);
    this.#network.invariants.landed(id, key);
    const isUp = caller?.up === 'answered';
    if (caller !== null) this.#hangUp(caller);
    const number = caller?.number ?? callerId;
    const leg: CustomerLeg = { number, key, ringEndsAtMs: 0, up: 'answered', playing: null };
    this.#contact(id).customer = leg;
    if (!isUp) return this.#customerLeaves(id, leg);
    this.#maybeLost(id, leg);
    this.#later(between(this.#rng, 20_000, 400_000), leg, () => {
      if (this.#contacts.get(id)?.joined !== true) this.#customerLeaves(id, leg);
    });
  }

  #maybeLost(id: string, leg: CustomerLeg): void {
    const { rng, rates } = this.#network.weather;
    if (rng.next() >= rates.callLost) return;
    this.#later(between(rng, 1, 120_000), leg, () => {
      this.#hangUp(leg);
      this.#say(id, leg, { type: 'call-lost', reason: 'media worker died' });
    });
  }

  /** The media worker died, and with it every call that had sound. */
  workerDies(): void {
    for (const [id, { customer }] of [...this.#contacts]) {
      if (customer?.up !== 'answered') continue;
      this.#hangUp(customer);
      this.#say(id, customer, { type: 'call-lost', reason: 'media worker died' });
    }
  }

  playToCustomer(id: string, treatment: string, loop: boolean): void {
    const leg = this.#contacts.get(id)?.customer;
    if (this.#dead || leg === null || leg === undefined) return;
    maybeThrow(this.#network.weather, 'playToCustomer');
    const playing = {};
    leg.playing = playing;
    if (loop) return;
    this.#later(between(this.#rng, 2_000, 9_000), leg, () => {
      if (leg.playing === playing) this.#say(id, leg, { type: 'treatment-ended', treatment });
    });
  }

  ringAgent({ interactionId: id, reservationId, username, ringTimeoutMs }: RingAgent): void {
    if (this.#dead) return;
    const contact = this.#contact(id);
    if (contact.agent?.reservationId === reservationId) return;
    this.#agentLeaves(id);
    maybeThrow(this.#network.weather, 'ringAgent');
    this.#network.invariants.agentBusy(username, id);
    const agent = { username, reservationId, up: true };
    contact.agent = agent;
    const { rng, rates } = this.#network.weather;
    const fails = rng.next() < rates.agentFails;
    const afterMs = fails ? ringTimeoutMs : between(rng, 1_000, 8_000);
    this.#network.clock.after(afterMs, () => {
      if (this.#dead || contact.agent !== agent) return;
      if (fails) {
        this.#agentLeaves(id);
        this.#sayOf(id, { type: 'agent-failed', reservationId, why: 'no-answer' });
      } else this.#sayOf(id, { type: 'agent-answered', reservationId });
    });
  }

  playToAgent(): void {
    maybeThrow(this.#network.weather, 'playToAgent');
  }

  join(id: string, reservationId: string): void {
    const contact = this.#contacts.get(id);
    if (this.#dead || contact?.agent?.reservationId !== reservationId) return;
    const leg = contact.customer;
    if (leg === null || leg.up !== 'answered' || contact.joined) return;
    maybeThrow(this.#network.weather, 'join');
    contact.joined = true;
    this.#network.invariants.conversations += 1;
    this.#say(id, leg, { type: 'joined', reservationId, recording: null });
    this.#later(between(this.#rng, 20_000, 400_000), leg, () => {
      if (this.#rng.next() < 0.5) return this.#customerLeaves(id, leg);
      this.#agentLeaves(id);
      this.#sayOf(id, { type: 'agent-hung-up', reservationId });
    });
  }

  hangUpCustomer(id: string): void {
    const leg = this.#contacts.get(id)?.customer;
    if (leg) this.#hangUp(leg);
  }

  hangUpAgent(id: string): void {
    this.#agentLeaves(id);
  }

  endContact(id: string): void {
    if (this.#dead) return;
    this.hangUpCustomer(id);
    this.#agentLeaves(id);
    this.#contacts.delete(id);
    maybeThrow(this.#network.weather, 'endContact'); // the worst case: done, and complains
  }

  isLive(id: string, attemptKey: string): boolean {
    return this.#contacts.get(id)?.customer?.key === attemptKey;
  }

  onEvent(listener: Listener): void {
    this.#listeners.push(listener);
  }

  #contact(id: string): Contact {
    let contact = this.#contacts.get(id);
    if (contact === undefined) {
      contact = { customer: null, agent: null, joined: false };
      this.#contacts.set(id, contact);
    }
    return contact;
  }

  #customerLeaves(id: string, leg: CustomerLeg): void {
    this.#hangUp(leg);
    this.#say(id, leg, { type: 'customer-hung-up' });
  }

  #hangUp(leg: CustomerLeg): void {
    leg.up = 'gone';
    this.#network.invariants.phoneFree(leg.number, leg.key);
  }

  #agentLeaves(id: string): void {
    const contact = this.#contacts.get(id);
    if (!contact?.agent) return;
    this.#network.invariants.agentFree(contact.agent.username, id);
    contact.agent = null;
  }

  /** As long as this leg is up and the process lives. */
  #later(delayMs: number, leg: CustomerLeg, act: () => void): void {
    this.#network.clock.after(delayMs, () => {
      if (!this.#dead && leg.up !== 'gone') act();
    });
  }

  #say(id: string, leg: CustomerLeg, event: CallEvent): void {
    if (this.#dead) return;
    for (const listener of this.#listeners) listener(id, leg.key, event);
  }

  #sayOf(id: string, event: CallEvent): void {
    const key = this.#contacts.get(id)?.customer?.key ?? '';
    for (const listener of this.#listeners) listener(id, key, event);
  }
}
