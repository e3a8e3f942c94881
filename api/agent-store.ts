// Who the agents are and what they last said of themselves, kept over restarts: an agent who was
// ready before a crash is ready after it, so that promised callbacks go on without a new log-in.
import { DatabaseSync } from 'node:sqlite';
import type { AgentDefinition, AgentView } from '../routing/index.ts';

/** What an agent chose, as far as it outlives a process. */
export type AgentChoice =
  | { readonly state: 'logged-out' }
  | { readonly state: 'ready' }
  | { readonly state: 'not-ready'; readonly reason: string };

export interface StoredAgent {
  readonly definition: AgentDefinition;
  readonly choice: AgentChoice;
}

export interface AgentStore {
  put(agent: StoredAgent): void;
  remove(agentId: string): void;
  all(): readonly StoredAgent[];
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS agents (
    agent_id TEXT PRIMARY KEY,
    definition TEXT NOT NULL,
    choice TEXT NOT NULL
  ) STRICT`;

/** @param path SQLite file, made when missing; `:memory:` for none */
export function openAgentStore(path: string): AgentStore {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec(SCHEMA);
  const put = database.prepare(
    'INSERT INTO agents (agent_id, definition, choice) VALUES (?, ?, ?) ' +
      'ON CONFLICT (agent_id) DO UPDATE SET definition = excluded.definition, ' +
      'choice = excluded.choice',
  );
  const remove = database.prepare('DELETE FROM agents WHERE agent_id = ?');
  const all = database.prepare('SELECT definition, choice FROM agents ORDER BY agent_id');
  return {
    put: ({ definition, choice }) =>
      void put.run(definition.agentId, JSON.stringify(definition), JSON.stringify(choice)),
    remove: (agentId) => void remove.run(agentId),
    all: () =>
      all.all().map((row) => ({
        definition: JSON.parse(String(row['definition'])) as AgentDefinition,
        choice: JSON.parse(String(row['choice'])) as AgentChoice,
      })),
    close: () => database.close(),
  };
}

/**
 * What is worth keeping of an agent's present state. A reserved or talking agent had chosen to be
 * ready; wrap-up ends with the process.
 */
export function storedFrom(view: AgentView): StoredAgent {
  const { agentId, displayName, username, skills } = view;
  return { definition: { agentId, displayName, username, skills }, choice: choiceOf(view) };
}

function choiceOf(view: AgentView): AgentChoice {
  switch (view.state) {
    case 'logged-out':
      return { state: 'logged-out' };
    case 'not-ready':
      return { state: 'not-ready', reason: view.notReadyReason ?? 'restored' };
    case 'ready':
    case 'reserved':
    case 'talking':
    case 'wrap-up':
      return { state: 'ready' };
  }
}
