// The Calls port over sip/ and media/: at most one contact for each interaction.
import type { LegStats, PlaySource } from '../../media/index.ts';
import type { InboundCall } from '../../sip/index.ts';
import type { LegQuality } from '../model.ts';
import type { CallEvent, Calls, DialCustomer, RingAgent, TakeCall } from '../ports.ts';
import type { ContactHost } from './contact.ts';
import type { Control } from './control.ts';
import { Contact } from './contact.ts';
import type { LegDeps } from './leg.ts';
import { WITHOUT_A_WORD } from './taping.ts';
import type { RecordingManner } from './taping.ts';
import type { TransferGoal } from './transfer.ts';

export interface CallsOptions {
  /** A leg of an attempt that carried sound is over; left out: nobody wants to know. */
  readonly measured?: (id: string, attemptKey: string, quality: LegQuality) => void;
  /** What an interaction hears of a treatment. @throws RingbackError when there is none */
  readonly treatment: (
    treatment: string,
    interactionId: string,
    digits?: string,
  ) => readonly PlaySource[];
  /** How an interaction is recorded, if it is; left out: without a word. */
  readonly recordingManner?: (interactionId: string) => RecordingManner;
  /** Whom a user part reaches by the number plan; left out: transfers reach nobody. */
  readonly transferGoal?: (user: string) => TransferGoal | null;
}

/** The port, and what only the assembly may do with it. */
export interface TelephonyCalls extends Calls {
  /** Answers a caller and owns the call from then on, under this interaction. False: it is gone. */
  adoptCaller(interactionId: string, call: InboundCall): Promise<boolean>;
  /** A second call of an agent in a conversation, to a third party. False: not such a call. */
  consult(call: InboundCall): boolean;
  /** A user's call that names an answered one to replace. False: none of the agents' calls. */
  takeOver(call: InboundCall): boolean;
  /** For operators; null: there is no such call now. */
  readonly control: (interactionId: string) => Control | null;
  /** Ends an answered call, for the rules as if the customer had. False: there is none. */
  readonly hangUpByOperator: (interactionId: string) => boolean;
  /** SIP Call-IDs of an interaction's legs, for its ladder; the last ones are kept for a while. */
  callIds(interactionId: string): readonly string[];
  liveContacts(): number;
  /** Hangs everything up and waits for recordings to be complete. */
  stop(): Promise<void>;
}

/** Interactions whose Call-IDs are remembered after their end. */
const REMEMBERED_INTERACTIONS = 1_000;
/** Call-IDs remembered of one interaction: many agents may be tried. */
const REMEMBERED_CALL_IDS = 50;

type CallListener = (interactionId: string, attemptKey: string, event: CallEvent) => void;

/** @returns the Calls port; events go to every `onEvent` listener, in order. */
export function createCalls(options: CallsOptions, deps: LegDeps): TelephonyCalls {
  const contacts = new Map<string, Contact>();
  const callIds = new Map<string, string[]>();
  const closing = new Set<Promise<unknown>>();
  const listeners: CallListener[] = [];
  let legCount = 0;

  const host: ContactHost = {
    deps,
    treatment: options.treatment,
    nextLegId: () => `leg-${(legCount += 1)}`,
    emit(contact, event) {
      for (const listener of listeners) {
        listener(contact.interactionId, contact.attemptKey ?? '', event);
      }
    },
    // A caller on the line has no attempts: the key is the interaction's id.
    measured({ interactionId: id }, attemptKey, leg, stats) {
      const quality = attemptKey === id ? null : qualityOf(leg, stats);
      if (attemptKey !== null && quality !== null) options.measured?.(id, attemptKey, quality);
    },
    recordingManner: options.recordingManner ?? (() => WITHOUT_A_WORD),
    transferGoal: options.transferGoal ?? (() => null),
    placed: (interactionId, callId) => remember(callIds, interactionId, callId),
    emptied(contact) {
      if (contacts.get(contact.interactionId) === contact) contacts.delete(contact.interactionId);
    },
    keepUntilDone(work) {
      closing.add(work);
      void work.finally(() => closing.delete(work));
    },
  };

  function contactOf(interactionId: string, attemptKey: string | null): Contact {
    const known = contacts.get(interactionId);
    if (known !== undefined) return known;
    const contact = new Contact(interactionId, attemptKey, host);
    contacts.set(interactionId, contact);
    return contact;
  }

  return {
    dialCustomer(command: DialCustomer): void {
      const contact = contactOf(command.interactionId, null);
      if (contact.attemptKey !== command.attemptKey) contact.dialCustomer(command);
    },
    takeCall: (command: TakeCall) => takeCall(contacts, command, host),
    playToCustomer: (id, treatment, loop, digits) =>
      contacts.get(id)?.playToCustomer(treatment, loop, digits),
    ringAgent: (command: RingAgent) => contactOf(command.interactionId, null).ringAgent(command),
    playToAgent: (id, treatment, loop) => contacts.get(id)?.playToAgent(treatment, loop),
    join: (id, reservationId, record) => contacts.get(id)?.join(reservationId, record),
    hangUpCustomer: (id, reason) => contacts.get(id)?.hangUpCustomer(reason),
    hangUpAgent: (id, reason) => contacts.get(id)?.hangUpAgent(reason),
    endContact: (id, reason) => contacts.get(id)?.end(reason),
    isLive: (id, attemptKey) => contacts.get(id)?.attemptKey === attemptKey,
    onEvent: (listener: CallListener) => void listeners.push(listener),
    adoptCaller: (id, call) => contactOf(id, id).adopt(call),
    consult: (call) => consult(contacts.values(), call),
    takeOver: (call) => takeOver(contacts.values(), call, host),
    control: (id) => contacts.get(id)?.control ?? null,
    hangUpByOperator: (id) => contacts.get(id)?.hangUpByOperator() ?? false,
    callIds: (id) => callIds.get(id) ?? [],
    liveContacts: () => contacts.size,
    async stop(): Promise<void> {
      for (const contact of [...contacts.values()]) contact.end('shutting down');
      await Promise.allSettled(closing);
    },
  };
}

/** Null for a leg without any sound. */
function qualityOf(leg: LegQuality['leg'], stats: LegStats): LegQuality | null {
  if (stats.packetsReceived === 0 && stats.packetsSent === 0) return null;
  const { mos, lossPercent, jitterMs, roundTripMs, peer } = stats;
  const told = peer === null ? null : { ...peer };
  return { leg, mos, lossPercent, jitterMs, roundTripMs, peer: told };
}

function remember(callIds: Map<string, string[]>, interactionId: string, callId: string): void {
  const known = callIds.get(interactionId);
  if (known === undefined) callIds.set(interactionId, [callId]);
  else if (known.length < REMEMBERED_CALL_IDS) known.push(callId);
  if (callIds.size <= REMEMBERED_INTERACTIONS) return;
  const oldest = callIds.keys().next();
  if (oldest.done !== true) callIds.delete(oldest.value);
}

/** The caller's leg goes over to a contact of another name, which has nothing else yet. */
function takeCall(
  contacts: Map<string, Contact>,
  { interactionId, attemptKey, callerId }: TakeCall,
  host: ContactHost,
): void {
  const known = contacts.get(interactionId);
  if (known?.attemptKey === attemptKey) return;
  known?.end('the customer called in');
  const leg = contacts.get(callerId)?.release() ?? null;
  const contact = new Contact(interactionId, attemptKey, host, callerId);
  contacts.set(interactionId, contact);
  contact.take(leg);
}

function consult(contacts: Iterable<Contact>, call: InboundCall): boolean {
  const { source } = call;
  if (source.kind !== 'user') return false;
  const own = [...contacts].find(({ handover }) => handover.isAgent(source.username));
  return own?.handover.consult(call) ?? false;
}

function takeOver(contacts: Iterable<Contact>, call: InboundCall, host: ContactHost): boolean {
  const { replaces = null, source } = call;
  if (source.kind !== 'user' || replaces === null) return false;
  const own = [...contacts].find(({ handover }) => handover.isAgentDialog(replaces));
  if (own === undefined) return false;
  host.keepUntilDone(own.handover.takeOver(call, source.username));
  return true;
}
