// A person taken out of what waits for webhooks, or was sent and is kept to be read.
import type { DatabaseSync } from 'node:sqlite';
import { harmlessFacts } from '../../callback/index.ts';
import { eraseRows } from '../erasing.ts';

/** Why a delivery that waited is not made any more. */
const REASON = 'erased with the person';

/**
 * Callback events keep what says nothing of anybody, and those that wait are delivered: a receiver
 * must know that it is over. Of other events the head stays, and they are delivered to nobody.
 */
export function eraseDeliveries(
  db: DatabaseSync,
  isAbout: (text: string) => boolean,
  nowMs: number,
): void {
  db.function('erased_body', (body) => erasedBody(String(body)));
  eraseRows(db, isAbout, [
    `UPDATE deliveries SET status = 'dead', ended_ms = ${Math.floor(nowMs)},
       last_error = '${REASON}'
       WHERE status = 'pending' AND is_about(body) AND json_extract(body, '$.topic') <> 'callback'`,
    'UPDATE deliveries SET body = erased_body(body) WHERE is_about(body)',
  ]);
}

function erasedBody(text: string): string {
  const body = JSON.parse(text) as Record<string, unknown>;
  const { version, id, at, topic, type, queueId, callbackId, data } = body;
  if (topic === 'callback') {
    const facts = typeof data === 'object' && data !== null ? { ...data } : {};
    return JSON.stringify({ ...body, data: harmlessFacts(facts) });
  }
  return JSON.stringify({ version, id, at, topic, type, queueId, callbackId });
}
