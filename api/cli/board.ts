// What `ringback watch` shows: callbacks as their events say they are now. PURE: a list and events
// in, lines out. Those that ended stay for a moment, so that their end is seen.
import type { Schema } from '../client/index.ts';
import { age, cut, table } from './format.ts';

type Callback = Schema<'Callback'>;
export type CallbackEvent = Schema<'CallbackTopicEvent'>;

/** How long what ended stays. */
const ENDED_MS = 15_000;
/** More than anybody reads; the header says how many are left out. */
const MAX_ROWS = 1_000;

interface Row {
  readonly id: string;
  readonly queueId: string;
  readonly number: string;
  readonly revision: number;
  readonly state: string;
  readonly event: string;
  /** When the last event was; of a listed one when it came to the line. */
  readonly at: string;
  readonly endedAtMs: number | null;
}

/** The table behind the screen. */
export class Board {
  readonly #rows = new Map<string, Row>();
  #left = 0;

  /** Puts a callback as it was read; older news than is known changes nothing. */
  put(callback: Callback, nowMs: number): void {
    const { id, queueId, revision, state, reason, customerNumber } = callback;
    const known = this.#rows.get(id);
    if (known !== undefined && known.revision > revision) {
      this.#set({ ...known, number: customerNumber });
      return;
    }
    this.#set({
      ...{ id, queueId, revision, number: customerNumber },
      state: reason === null ? state : `${state} ${reason}`,
      event: known?.event ?? '',
      at: known?.at ?? callback.createdAt,
      endedAtMs: state === 'completed' ? (known?.endedAtMs ?? nowMs) : null,
    });
  }

  /** Takes an event. True: its callback should be read, for what events do not say. */
  take(event: CallbackEvent, nowMs: number): boolean {
    const { callbackId: id, revision, state, type, at } = event;
    const known = this.#rows.get(id);
    if (known !== undefined && known.revision > revision) return false;
    const endedAtMs = state === 'completed' ? nowMs : null;
    const [queueId, number] = [event.queueId ?? known?.queueId ?? '', known?.number ?? ''];
    this.#set({ id, queueId, number, revision, state, event: type, at, endedAtMs });
    return known === undefined || state === 'completed' || /number|chang|mov/u.test(type);
  }

  /** The screen: a header, the table, at most so wide and high. */
  lines(nowMs: number, header: string, columns: number, rows: number): readonly string[] {
    for (const { id, endedAtMs } of this.#rows.values()) {
      if (endedAtMs !== null && nowMs - endedAtMs > ENDED_MS) this.#rows.delete(id);
    }
    const live = [...this.#rows.values()];
    const room = Math.max(1, rows - 3);
    const drawn = live.slice(-room).map((row) => cellsOf(row, nowMs));
    const hidden = live.length - drawn.length + this.#left;
    const count = `${live.length + this.#left} callbacks`;
    const headings = ['ID', 'QUEUE', 'NUMBER', 'STATE', 'LAST EVENT', 'AGO'];
    return [
      cut(`${count}${hidden > 0 ? `, ${hidden} not shown` : ''} - ${header}`, columns),
      ...table(headings, drawn, columns),
    ];
  }

  #set(row: Row): void {
    if (!this.#rows.has(row.id) && this.#rows.size >= MAX_ROWS) this.#left++;
    else this.#rows.set(row.id, row);
  }
}

function cellsOf(row: Row, nowMs: number): readonly string[] {
  return [row.id, row.queueId, row.number, row.state, row.event, age(row.at, nowMs)];
}
