// Links for customers: who holds one may see, move or cancel the one callback it is for. A link is
// signed and kept nowhere; it ends with its callback or its time.
import { createHmac, timingSafeEqual } from 'node:crypto';

export const LINK_ACTIONS = ['view', 'move', 'cancel', 'change-number'] as const;

export type LinkAction = (typeof LINK_ACTIONS)[number];

export interface Link {
  readonly callbackId: string;
  readonly expiresAtMs: number;
  readonly actions: readonly LinkAction[];
}

/** Hashes under the secret, long enough that nobody guesses one. */
const MAC_BYTES = 24;
const MAX_TOKEN = 512;

/** `id.end.actions.mac`: the end in seconds, the actions as bits, both in base 36. */
export function tokenOf({ callbackId, expiresAtMs, actions }: Link, secret: string): string {
  const bits = LINK_ACTIONS.reduce(
    (sum, action, at) => sum + (actions.includes(action) ? 2 ** at : 0),
    0,
  );
  const end = Math.floor(expiresAtMs / 1_000).toString(36);
  const id = Buffer.from(callbackId, 'utf8').toString('base64url');
  const text = `${id}.${end}.${bits.toString(36)}`;
  return `${text}.${macOf(text, secret)}`;
}

/** What a token was made from; null: it was not made by us, or is over. */
export function linkOf(token: string, secret: string, nowMs: number): Link | null {
  if (token.length > MAX_TOKEN) return null;
  const parts = token.split('.');
  const [id = '', end = '', bits = '', mac = ''] = parts;
  if (parts.length !== 4) return null;
  const right = Buffer.from(macOf(`${id}.${end}.${bits}`, secret));
  const presented = Buffer.from(mac);
  if (right.length !== presented.length || !timingSafeEqual(right, presented)) return null;
  const expiresAtMs = parseInt(end, 36) * 1_000;
  if (!(expiresAtMs > nowMs)) return null;
  const set = parseInt(bits, 36);
  return {
    callbackId: Buffer.from(id, 'base64url').toString('utf8'),
    expiresAtMs,
    actions: LINK_ACTIONS.filter((_, at) => (set & (2 ** at)) !== 0),
  };
}

function macOf(text: string, secret: string): string {
  const mac = createHmac('sha256', secret).update(`link\n${text}`).digest();
  return mac.subarray(0, MAC_BYTES).toString('base64url');
}
