// Chats and their transcripts in the same file as callbacks.
import type { SQLInputValue } from 'node:sqlite';
import type { ChatFilter, ChatLine, ChatPage } from '../chat/model.ts';
import { chatRecordOf } from '../chat/state.ts';
import type { ChatState } from '../chat/state.ts';
import type { ChatStore } from '../chat/store.ts';
import type { Database, Row } from './database.ts';
import { storeConflict } from './faults.ts';
import { pageSize } from './store.ts';

/** The form of the state's JSON. */
const chatVersion = 1;

export class SqliteChats implements ChatStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  commit(state: ChatState, lines: readonly ChatLine[], key: string | null): void {
    this.#db.transaction(() => {
      this.#put(state, key);
      for (const { sequence, atMs, told } of lines) {
        this.#db.run(
          `INSERT INTO chat_lines (chat_id, sequence, at_ms, message_id, told)
           VALUES (?, ?, ?, ?, ?)`,
          state.id,
          sequence,
          atMs,
          told.type === 'message' ? messageKey(told.from, told.messageId) : null,
          JSON.stringify(told),
        );
      }
    });
  }

  #put(state: ChatState, key: string | null): void {
    const { id, revision, queueId, person, phase, createdAtMs } = state;
    const changes = this.#db.run(
      `INSERT INTO chats (id, revision, queue_id, state, agent_id, customer_number, opened_under,
         created_at_ms, over_at_ms, version, body)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
       ON CONFLICT (id) DO UPDATE SET revision = ?2, queue_id = ?3, state = ?4, agent_id = ?5,
         customer_number = ?6, over_at_ms = ?9, version = ?10, body = ?11
         WHERE revision = ?2 - 1`,
      id,
      revision,
      queueId,
      phase.name,
      'agent' in phase ? phase.agent.agentId : null,
      person.number,
      key,
      createdAtMs,
      phase.name === 'over' ? phase.atMs : null,
      chatVersion,
      JSON.stringify(state),
    );
    if (changes !== 1) throw storeConflict(id);
  }

  load(id: string): ChatState | null {
    const row = this.#db.get('SELECT body FROM chats WHERE id = ?', id);
    return row === null ? null : chatIn(row);
  }

  openedUnder(key: string): ChatState | null {
    const row = this.#db.get('SELECT body FROM chats WHERE opened_under = ?', key);
    return row === null ? null : chatIn(row);
  }

  unfinished(): readonly ChatState[] {
    const sql = 'SELECT body FROM chats WHERE over_at_ms IS NULL ORDER BY created_at_ms, id';
    return this.#db.all(sql).map(chatIn);
  }

  list({ queueId, queueIds, state, agentId, after, limit }: ChatFilter): ChatPage {
    const terms: string[] = [];
    const values: SQLInputValue[] = [];
    const demand = (term: string, value: string | undefined): void => {
      if (value === undefined) return;
      terms.push(term);
      values.push(value);
    };
    demand('queue_id = ?', queueId);
    demand('state = ?', state);
    demand('agent_id = ?', agentId);
    if (queueIds !== undefined) {
      terms.push('queue_id IN (SELECT value FROM json_each(?))');
      values.push(JSON.stringify(queueIds));
    }
    if (after !== undefined) {
      terms.push('(created_at_ms, id) > (?, ?)');
      values.push(after.createdAtMs, after.id);
    }
    const size = pageSize(limit);
    const where = terms.length === 0 ? '' : `WHERE ${terms.join(' AND ')}`;
    const sql = `SELECT body FROM chats ${where} ORDER BY created_at_ms, id LIMIT ?`;
    const rows = this.#db.all(sql, ...values, size + 1);
    const records = rows.slice(0, size).map((row) => chatRecordOf(chatIn(row)));
    return { records, isMore: rows.length > size };
  }

  lines(id: string, after: number, limit: number): readonly ChatLine[] {
    const sql =
      'SELECT * FROM chat_lines WHERE chat_id = ? AND sequence > ? ORDER BY sequence LIMIT ?';
    return this.#db.all(sql, id, Math.floor(after), pageSize(limit)).map(lineIn);
  }

  lineOf(id: string, from: 'customer' | 'agent', messageId: string): ChatLine | null {
    const sql = 'SELECT * FROM chat_lines WHERE chat_id = ? AND message_id = ?';
    const row = this.#db.get(sql, id, messageKey(from, messageId));
    return row === null ? null : lineIn(row);
  }

  ofPerson(customerNumber: string): readonly ChatState[] {
    const sql = 'SELECT body FROM chats WHERE customer_number = ? ORDER BY created_at_ms, id';
    return this.#db.all(sql, customerNumber).map(chatIn);
  }

  erasePerson(customerNumber: string): number {
    const sql = 'SELECT id FROM chats WHERE customer_number = ? AND over_at_ms IS NOT NULL';
    const erased = this.#erase(() => this.#db.all(sql, customerNumber));
    this.#db.truncateLog();
    return erased;
  }

  eraseOver(beforeMs: number, limit: number): number {
    const sql = 'SELECT id FROM chats WHERE over_at_ms < ? ORDER BY over_at_ms LIMIT ?';
    return this.#erase(() => this.#db.all(sql, beforeMs, limit));
  }

  #erase(chosen: () => readonly Row[]): number {
    return this.#db.transaction(() => {
      const ids = chosen().map((row) => String(row['id']));
      for (const id of ids) {
        this.#db.run('DELETE FROM chat_lines WHERE chat_id = ?', id);
        this.#db.run('DELETE FROM chats WHERE id = ?', id);
      }
      return ids.length;
    });
  }
}

/** Each side counts its messages as it likes. */
function messageKey(from: 'customer' | 'agent', messageId: string | null): string | null {
  return messageId === null ? null : `${from}:${messageId}`;
}

function chatIn(row: Row): ChatState {
  return JSON.parse(String(row['body'])) as ChatState;
}

function lineIn(row: Row): ChatLine {
  const told = JSON.parse(String(row['told'])) as ChatLine['told'];
  return { sequence: Number(row['sequence']), atMs: Number(row['at_ms']), told };
}
