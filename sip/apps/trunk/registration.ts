// Drives the registration machine of one trunk: REGISTERs out, answers and timers in.
// RFC 3261 s.10.2: one Call-ID for all of them, CSeq growing.
import type { Rng, Timer } from '../../../core/ports.ts';
import { splitList, parseAddress } from '../../message/address.ts';
import { hostPort, paramOf } from '../../message/uri.ts';
import type { TrunkFailure, TrunkView } from '../../types.ts';
import { secondsOf } from '../headers.ts';
import { trunkUri } from '../trunks.ts';
import type { Trunk } from '../trunks.ts';
import { escapeUser, userOf } from '../uri.ts';
import { exchange } from './exchange.ts';
import type { ExchangeDeps, ExchangeOutcome } from './exchange.ts';
import { startRegistration, stepRegistration } from './registration-rules.ts';
import type {
  RegistrationEffect,
  RegistrationEvent,
  RegistrationState,
} from './registration-rules.ts';

const REGISTER_LIMIT_MS = 10_000;
/** A stop does not wait longer than this for a trunk that is gone. */
const REMOVAL_LIMIT_MS = 1_500;

export interface RegistrationDeps extends ExchangeDeps {
  readonly rng: Rng;
  /** The state is another one. */
  readonly changed: () => void;
  readonly failed: (failure: TrunkFailure) => void;
}

/** A trunk that wants us registered. */
export interface RegisteringTrunk extends Trunk {
  readonly registration: NonNullable<Trunk['registration']>;
  readonly credentials: NonNullable<Trunk['credentials']>;
}

/** Our binding at one trunk. */
export class Registration {
  readonly #trunk: RegisteringTrunk;
  readonly #deps: RegistrationDeps;
  readonly #callId: string;
  readonly #gone = Promise.withResolvers<void>();
  #state: RegistrationState;
  #sinceMs: number;
  #timer: Timer | null = null;
  #cseq = 1;
  /** Only the answer to the last request counts. */
  #turn = 0;

  constructor(trunk: RegisteringTrunk, deps: RegistrationDeps) {
    this.#trunk = trunk;
    this.#deps = deps;
    this.#callId = deps.ids.next();
    this.#state = startRegistration(trunk.registration);
    this.#sinceMs = deps.clock.nowMs();
  }

  start(): void {
    this.#on({ type: 'start-asked' });
  }

  /** Removes the binding; resolves when that was answered, or given up. */
  stop(): Promise<void> {
    this.#on({ type: 'stop-asked' });
    return this.#gone.promise;
  }

  /** Whether the trunk knows where we are. */
  get isGood(): boolean {
    return this.#expiresAtMs !== null && this.#expiresAtMs > this.#deps.clock.nowMs();
  }

  view(): NonNullable<TrunkView['registration']> {
    return {
      state: this.#state.name,
      sinceMs: this.#sinceMs,
      expiresAtMs: this.#expiresAtMs,
      reason: this.#state.name === 'waiting' ? this.#state.reason : null,
    };
  }

  get #expiresAtMs(): number | null {
    return 'expiresAtMs' in this.#state ? this.#state.expiresAtMs : null;
  }

  #on(event: RegistrationEvent): void {
    const before = this.#state.name;
    const [state, effects] = stepRegistration(this.#state, event);
    this.#state = state;
    if (state.name !== before) {
      this.#sinceMs = this.#deps.clock.nowMs();
      this.#deps.changed();
    }
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: RegistrationEffect): void {
    switch (effect.type) {
      case 'send-register':
        return void this.#send(effect.expiresSeconds);
      case 'start-timer':
        this.#timer?.cancel();
        this.#timer = this.#deps.clock.after(effect.afterMs, () =>
          this.#on({ type: 'timer-fired' }),
        );
        return;
      case 'stop-timer':
        return this.#timer?.cancel();
      case 'tell-unregistered':
        return this.#gone.resolve();
    }
  }

  async #send(expiresSeconds: number): Promise<void> {
    const turn = (this.#turn += 1);
    const { ids, clock, rng } = this.#deps;
    const trunk = this.#trunk;
    const user = trunk.credentials.username;
    const domain = hostPort(trunk.registration.domain ?? trunk.host, null);
    const record = `sip:${escapeUser(user)}@${domain}`;
    const transport = trunk.protocol === 'udp' ? '' : `;transport=${trunk.protocol}`;
    const cseq = this.#cseq;
    // A removal may go out while an answer is under way: it must come behind in CSeq.
    this.#cseq += 2;
    const outcome = await exchange(
      {
        method: 'REGISTER',
        uri: `sip:${domain}`,
        proxy: trunkUri(trunk, null),
        headers: {
          From: `<${record}>;tag=${ids.next()}`,
          To: `<${record}>`,
          'Call-ID': this.#callId,
          Contact: `<sip:${escapeUser(user)}@localhost${transport}>`,
          Expires: `${expiresSeconds}`,
        },
        cseq,
        credentials: trunk.credentials,
        limitMs: expiresSeconds === 0 ? REMOVAL_LIMIT_MS : REGISTER_LIMIT_MS,
      },
      this.#deps,
    );
    if (turn !== this.#turn) return;
    const { status, reason, retryAfterSeconds } = outcome;
    const atMs = clock.nowMs();
    if (status >= 300) this.#deps.failed({ atMs, what: 'registration', status, reason });
    this.#on({
      type: 'response-received',
      ...{ status, reason, atMs, retryAfterSeconds, roll: rng.next() },
      grantedSeconds: grantedSeconds(outcome, user),
      minSeconds: secondsOf(outcome.response?.get('Min-Expires')),
    });
  }
}

/** The `expires` of our contact in a 2xx, else the Expires header (s.10.2.4). */
function grantedSeconds({ response }: ExchangeOutcome, user: string): number | null {
  for (const value of splitList(response?.get('Contact') ?? '')) {
    const contact = parseAddress(value);
    if (contact === null || userOf(contact.uri) !== user) continue;
    const seconds = secondsOf(paramOf(contact.params, 'expires') ?? undefined);
    if (seconds !== null) return seconds;
  }
  return secondsOf(response?.get('Expires'));
}
