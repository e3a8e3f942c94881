// What an idempotency key stands for: the request it was first used with, as a hash.
import { createHash } from 'node:crypto';
import type { CreateCallback } from '../model.ts';

/** The same request gives the same hash; the idempotency key is no part of it. */
export function requestHash(request: CreateCallback): string {
  const { idempotencyKey: _, ...rest } = request;
  return createHash('sha256').update(canonical(rest)).digest('hex');
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
