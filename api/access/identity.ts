// Who asks: made once for each request, by a key, a token or a session. PURE.
import type { Role } from './permissions.ts';

export interface Identity {
  /** How it was proven. */
  readonly kind: 'key' | 'token' | 'open';
  /** Name of the key or subject of the token: shown in logs. */
  readonly name: string;
  readonly roles: readonly Role[];
  /** Lines of business it is limited to; null: to none. */
  readonly lines: readonly string[] | null;
  /** The agent it is; null: none. */
  readonly agentId: string | null;
}
