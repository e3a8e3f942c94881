// Rows of the callback tables as the values they stand for.
import type { CallbackEventRecord } from '../model.ts';
import type { CallbackMachineState } from '../state.ts';
import type { Row } from './database.ts';
import { upcastState } from './upcast.ts';

/** Of `version` and `body`. */
export function stateOf(row: Row): CallbackMachineState {
  return upcastState(String(row['body']), Number(row['version']));
}

export function eventOf(row: Row): CallbackEventRecord {
  return {
    sequence: Number(row['sequence']),
    callbackId: String(row['callback_id']),
    revision: Number(row['revision']),
    atMs: Number(row['at_ms']),
    type: String(row['type']),
    data: JSON.parse(String(row['data'])) as Readonly<Record<string, unknown>>,
    state: String(row['state']) as CallbackEventRecord['state'],
  };
}
