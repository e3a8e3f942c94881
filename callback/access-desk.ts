// Gives out access numbers and codes, and says whom a call to one is from. Wrong codes are counted:
// who guesses is not listened to for some time. PURE but for the chance it is given.
import { badRequest, conflict, limited, notFound, unavailable } from '../core/errors.ts';
import type { RingbackError } from '../core/errors.ts';
import {
  leastCallWithinSeconds,
  leastCodeDigits,
  mostCallWithinSeconds,
  mostCodeDigits,
} from './access.ts';
import type { AccessCall, AccessFinding, CallInPromise, CallInRequest } from './access.ts';
import type { Book } from './book.ts';
import { canCallIn } from './calling-in.ts';
import type { CallbackSettings, CreateCallback } from './model.ts';
import { toRecord } from './record.ts';
import { requireRange } from './requests.ts';
import type { CallbackMachineState } from './state.ts';

/** Codes tried before there is none to be had. */
const maxCodeTries = 20;
/** Wrong codes in an hour: of one caller, and of all callers of one access number. */
const maxWrongPerCaller = 10;
const maxWrongPerNumber = 100;
const wrongWindowMs = 3_600_000;
/** Callers whose wrong codes are remembered. */
const maxWrongCallers = 10_000;

export interface AccessDeps {
  /** So many digits that nobody can guess; without it nobody gets a code. */
  readonly randomDigits?: (count: number) => string;
}

export class AccessDesk {
  readonly #book: Book;
  readonly #deps: AccessDeps;
  /** Who keyed wrong codes, and when. */
  readonly #wrong = new Map<string, number[]>();

  constructor(book: Book, deps: AccessDeps) {
    this.#book = book;
    this.#deps = deps;
  }

  /**
   * Number and code for a new callback; null: we call.
   * @throws RingbackError CALLBACK_CALL_IN_OFF, CALLBACK_ACCESS_EXHAUSTED, CALLBACK_REQUEST_INVALID
   */
  giveOut(request: CreateCallback, { callIn: own, queueId }: CallbackSettings): Given {
    const wish = request.callIn ?? null;
    if (wish === null) return {};
    if (!own) {
      const message = 'customers of this queue are called, and do not call in';
      throw conflict('CALLBACK_CALL_IN_OFF', message, { queueId });
    }
    checkWish(wish);
    const withCode = wish.withCode ?? own.withCode;
    const accessNumber = this.#numberFor(own.accessNumbers, withCode ? null : request);
    const digits = wish.codeDigits ?? own.codeDigits;
    return {
      callIn: {
        accessNumber,
        accessCode: withCode ? this.#code(digits) : null,
        opens: wish.opens,
        callWithinMs: (wish.callWithinSeconds ?? own.callWithinSeconds) * 1_000,
        whenNotCalled: wish.whenNotCalled ?? own.whenNotCalled,
        knowsByNumber: own.knowsByNumber || !withCode,
      },
    };
  }

  /** Whom a call is from, by the code if one was keyed, else by the number shown. */
  find(call: AccessCall, nowMs: number): AccessFinding {
    const { accessNumber, callerNumber, accessCode } = call;
    if (accessCode !== null) return this.#byCode(accessNumber, callerNumber, accessCode, nowMs);
    if (callerNumber === null) return { kind: 'unknown' };
    const ids = this.#book.access.ofCaller(accessNumber, callerNumber);
    const known = ids
      .flatMap((id) => this.#book.state(id) ?? [])
      .filter(({ promise }) => promise.callIn?.knowsByNumber === true);
    const open = known.filter(canCallIn);
    const [only] = open;
    if (only !== undefined && open.length === 1) return { kind: 'found', record: toRecord(only) };
    if (open.length > 1) return { kind: 'several', records: open.map(toRecord) };
    return takenOr(known[0]);
  }

  #byCode(
    accessNumber: string,
    callerNumber: string | null,
    accessCode: string,
    nowMs: number,
  ): AccessFinding {
    const sources = [
      { source: `caller ${callerNumber ?? 'withheld'} ${accessNumber}`, most: maxWrongPerCaller },
      { source: `number ${accessNumber}`, most: maxWrongPerNumber },
    ];
    for (const { source, most } of sources) {
      const retryAtMs = this.#closedUntil(source, most, nowMs);
      if (retryAtMs !== null) return { kind: 'closed', retryAtMs };
    }
    const state = this.#book.state(this.#book.access.ofCode(accessCode) ?? '');
    if (state?.promise.callIn?.accessNumber !== accessNumber) {
      for (const { source } of sources) this.#countWrong(source, nowMs);
      return { kind: 'unknown' };
    }
    return canCallIn(state) ? { kind: 'found', record: toRecord(state) } : takenOr(state);
  }

  #closedUntil(source: string, most: number, nowMs: number): number | null {
    const recent = (this.#wrong.get(source) ?? []).filter((atMs) => atMs > nowMs - wrongWindowMs);
    const first = recent.at(-most);
    return first === undefined ? null : first + wrongWindowMs;
  }

  #countWrong(source: string, nowMs: number): void {
    const before = this.#wrong.get(source) ?? [];
    const recent = before.filter((atMs) => atMs > nowMs - wrongWindowMs);
    this.#wrong.delete(source); // to the end: the one that keyed longest ago is forgotten first
    this.#wrong.set(source, [...recent, nowMs].slice(-maxWrongPerNumber));
    if (this.#wrong.size <= maxWrongCallers) return;
    const oldest = this.#wrong.keys().next();
    if (oldest.done !== true) this.#wrong.delete(oldest.value);
  }

  /** The access number that fewest have; for one customer alone if nothing else tells. */
  #numberFor(numbers: readonly string[], alone: CreateCallback | null): string {
    const { access } = this.#book;
    const possible = numbers.filter(
      (number) => alone === null || access.ofCaller(number, alone.customerNumber).length === 0,
    );
    const [least] = possible.toSorted((a, b) => access.openOn(a) - access.openOn(b));
    if (least === undefined) throw exhausted('every access number is given to this customer');
    return least;
  }

  #code(digits: number): string {
    const { randomDigits } = this.#deps;
    for (let tries = 0; randomDigits !== undefined && tries < maxCodeTries; tries += 1) {
      const code = randomDigits(digits);
      if (this.#book.access.ofCode(code) === null) return code;
    }
    throw exhausted('there is no access code to be had');
  }
}

type Given = { readonly callIn: CallInPromise } | { readonly callIn?: never };

function takenOr(state: CallbackMachineState | undefined): AccessFinding {
  return state === undefined ? { kind: 'unknown' } : { kind: 'taken', record: toRecord(state) };
}

function checkWish({ callWithinSeconds, codeDigits }: CallInRequest): void {
  const code = 'CALLBACK_REQUEST_INVALID';
  const seconds = [leastCallWithinSeconds, mostCallWithinSeconds] as const;
  requireRange(code, 'callIn.callWithinSeconds', callWithinSeconds, ...seconds);
  requireRange(code, 'callIn.codeDigits', codeDigits, leastCodeDigits, mostCodeDigits);
  if (codeDigits === null || Number.isInteger(codeDigits)) return;
  throw badRequest(code, 'callIn.codeDigits must be whole', { field: 'callIn.codeDigits' });
}

function exhausted(message: string): RingbackError {
  return unavailable('CALLBACK_ACCESS_EXHAUSTED', message);
}

/** The one callback that was found. @throws RingbackError, see `match` of access.ts */
export function onlyOne(finding: AccessFinding, nowMs: number): string {
  switch (finding.kind) {
    case 'found':
      return finding.record.id;
    case 'taken': {
      const { id: callbackId, state } = finding.record;
      const message = 'its customer is on the line already';
      throw conflict('CALLBACK_STATE', message, { callbackId, state });
    }
    case 'several': {
      const count = finding.records.length;
      const message = 'this caller has several callbacks: the access code tells which';
      throw conflict('CALLBACK_ACCESS_AMBIGUOUS', message, { count });
    }
    case 'unknown':
      throw notFound('CALLBACK_ACCESS_UNKNOWN', 'nobody is expected to call so');
    case 'closed': {
      const retryAfterSeconds = Math.max(1, Math.ceil((finding.retryAtMs - nowMs) / 1_000));
      const message = 'too many wrong access codes';
      throw limited('CALLBACK_CODES_LIMITED', message, { retryAfterSeconds });
    }
  }
}
