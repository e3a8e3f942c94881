// One trunk as it lives: pings, rest, registration and the line of calls, each a rule of its own,
// put together into one answer: may it be used now? Notes of what went wrong are kept for people.
import { isDeepStrictEqual } from 'node:util';
import type { Log, Rng, Timer } from '../../../core/ports.ts';
import type { CallFailure, TrunkFailure, TrunkState, TrunkView } from '../../types.ts';
import type { Place } from '../../transport/locate.ts';
import { trunkUri } from '../trunks.ts';
import type { Trunk } from '../trunks.ts';
import { startAdmission, stepAdmission } from './admission.ts';
import type { AdmissionEffect, AdmissionEvent, AdmissionState } from './admission.ts';
import { exchange } from './exchange.ts';
import type { ExchangeDeps } from './exchange.ts';
import { startHealth, stepHealth } from './health.ts';
import type { HealthEvent, HealthState } from './health.ts';
import { Registration } from './registration.ts';
import { hopTo, Targets } from './targets.ts';
import type { TargetDeps } from './targets.ts';

export interface LiveTrunkDeps extends ExchangeDeps, TargetDeps {
  readonly rng: Rng;
  readonly log: Log;
  /** State or registration is another one. */
  readonly changed: (view: TrunkView) => void;
}

/** Whoever waits for a turn. */
export interface Claimant {
  /** @param targets the servers to try, best first */
  readonly granted: (targets: readonly Place[]) => void;
  readonly refused: (why: string) => void;
}

const MAX_FAILURES = 10;
const RATE_WINDOW_MS = 10_000;
const MAX_PING_LIMIT_MS = 5_000;
interface Waiting extends Claimant {
  readonly targets: readonly Place[];
}

/** Statuses by which the trunk says that it cannot; any other answer to a ping shows it alive. */
const AILING: ReadonlySet<number> = new Set([408, 500, 502, 503, 504]);
/** Statuses that speak of our account rather than of the callee. */
const REFUSING: ReadonlySet<number> = new Set([401, 403, 407]);
const NO_PING = { failuresToDown: Infinity, successesToUp: 1 };

/** One trunk of the configuration. */
export class LiveTrunk {
  readonly trunk: Trunk;
  readonly #groups: readonly string[];
  readonly #deps: LiveTrunkDeps;
  readonly #registration: Registration | null;
  readonly #targets: Targets;
  readonly #claimants = new Map<string, Waiting>();
  #health: HealthState;
  #admission: AdmissionState;
  #failures: readonly TrunkFailure[] = [];
  #failuresTotal = 0;
  #callsTotal = 0;
  /** Monotonic times of the calls of the last ten seconds. */
  #recentCalls: number[] = [];
  #told: { readonly state: TrunkState; readonly reason: string | null };
  #sinceMs: number;
  #pingTimer: Timer | null = null;
  #lineTimer: Timer | null = null;
  #restTimer: Timer | null = null;
  #isRunning = false;

  constructor(trunk: Trunk, groups: readonly string[], deps: LiveTrunkDeps) {
    this.trunk = trunk;
    this.#groups = groups;
    this.#deps = deps;
    const { clock } = deps;
    this.#health = startHealth(trunk.ping ?? NO_PING);
    this.#targets = new Targets(trunk, trunk.ping ?? NO_PING, deps);
    this.#admission = startAdmission(trunk.limits, clock.monotonicMs());
    this.#registration = this.#makeRegistration();
    this.#told = this.#standing();
    this.#sinceMs = clock.nowMs();
  }

  /** Whether it was made from just these settings. */
  isAs(trunk: Trunk, groups: readonly string[]): boolean {
    return isDeepStrictEqual([this.trunk, this.#groups], [trunk, groups]);
  }

  get state(): TrunkState {
    return this.#standing().state;
  }

  start(): void {
    this.#isRunning = true;
    this.#registration?.start();
    // The first pings of many trunks are spread over half an interval.
    if (this.trunk.ping !== null) this.#schedulePing(this.#deps.rng.next() * 0.5);
  }

  /** Resolves when the registration is removed, or that was given up. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    for (const timer of [this.#pingTimer, this.#lineTimer, this.#restTimer]) timer?.cancel();
    this.#admit({ type: 'closed', why: 'shutting down' });
    await this.#registration?.stop();
  }

  setEnabled(enabled: boolean): void {
    if (enabled) this.#targets.forget();
    this.#healthChanged({ type: enabled ? 'enabled' : 'disabled' });
  }

  /** Asks for a turn; `granted` or `refused` is called once, now or later, unless withdrawn. */
  ask(id: string, claimant: Claimant): void {
    const { state, reason } = this.#standing();
    // It was chosen a while ago. A trunk that is down may be the last hope, these may not be used.
    if (state === 'disabled' || state === 'resting') return claimant.refused(reason ?? state);
    this.#claimants.set(id, { ...claimant, targets: [] });
    const found = this.#targets.choose();
    if (!(found instanceof Promise)) return this.#line(id, found);
    void found.then((targets) => this.#line(id, targets));
  }

  /** Takes its place in line, now that the servers are known, if it still wants to. */
  #line(id: string, targets: readonly Place[]): void {
    const claimant = this.#claimants.get(id);
    if (claimant === undefined) return;
    const { state, reason } = this.#standing();
    if (state === 'disabled' || state === 'resting') {
      return this.#take(id)?.refused(reason ?? state);
    }
    if (targets.length === 0) return this.#unfound(id);
    this.#claimants.set(id, { ...claimant, targets });
    this.#admit({ type: 'asked', id });
  }

  /** No server: the name leads nowhere, or all of them asked for a pause. */
  #unfound(id: string): void {
    const resting = this.#targets.views().length > 0;
    const reason = resting ? 'all its servers rest (Retry-After)' : 'no server has this name';
    if (!resting) {
      this.#note({ atMs: this.#deps.clock.nowMs(), what: 'call', status: 503, reason });
    }
    this.#take(id)?.refused(reason);
  }

  withdraw(id: string): void {
    this.#claimants.delete(id);
    this.#admit({ type: 'withdrawn', id });
  }

  /** A call that had its turn is over. */
  release(): void {
    this.#admit({ type: 'released' });
  }

  /** An attempt through this trunk failed: what does that say of the trunk and its server? */
  attemptFailed(failure: CallFailure, target: Place | null): void {
    const { status, reason, retryAfterSeconds } = failure;
    if (failure.cancelledByUs || !(AILING.has(status) || REFUSING.has(status))) return;
    const isUnheard = failure.unheard === true;
    this.#note({ atMs: this.#deps.clock.nowMs(), what: 'call', status, reason });
    const pauseSeconds = status === 503 ? (retryAfterSeconds ?? null) : null;
    if (target !== null && (isUnheard || AILING.has(status))) {
      this.#targets.failed(target, `call: ${status} ${reason}`);
    }
    if (target !== null && this.#targets.areMany) {
      // One of several: the trunk lives on without it.
      if (pauseSeconds !== null) this.#targets.rest(target, pauseSeconds * 1_000);
      return;
    }
    if (isUnheard && this.trunk.ping !== null) {
      this.#healthChanged({ type: 'probe-failed', reason: `call: ${status} ${reason}` });
    }
    if (pauseSeconds !== null) this.#rest(pauseSeconds);
  }

  view(): TrunkView {
    const { trunk } = this;
    return {
      ...{ name: trunk.name, host: trunk.host, port: trunk.port, protocol: trunk.protocol },
      groups: this.#groups,
      ...this.#standing(),
      sinceMs: this.#sinceMs,
      restsUntilMs: this.#health.rest?.untilMs ?? null,
      liveCalls: this.#admission.live,
      waitingCalls: this.#admission.waiting.length,
      callsPerSecond: this.#callsPerSecond(),
      callsTotal: this.#callsTotal,
      failuresTotal: this.#failuresTotal,
      registration: this.#registration?.view() ?? null,
      targets: this.#targets.views(),
      failures: this.#failures,
    };
  }

  /** What people put first, then what the trunk asked for, then what was found out. */
  #standing(): { readonly state: TrunkState; readonly reason: string | null } {
    const { disabled, rest, reach } = this.#health;
    if (disabled) return { state: 'disabled', reason: 'disabled by an operator' };
    if (rest !== null) return { state: 'resting', reason: 'it asked for a pause (Retry-After)' };
    if (reach.name === 'down') return { state: 'down', reason: reach.reason };
    if (this.#registration?.isGood === false) return { state: 'down', reason: 'not registered' };
    return { state: 'up', reason: null };
  }

  #makeRegistration(): Registration | null {
    const { trunk } = this;
    const { registration, credentials } = trunk;
    if (registration === null || credentials === null) return null;
    return new Registration(
      { ...trunk, registration, credentials },
      {
        ...this.#deps,
        changed: () => this.#changed(true),
        failed: (failure) => this.#note(failure),
      },
    );
  }

  #schedulePing(share: number): void {
    const { ping } = this.trunk;
    if (ping === null || !this.#isRunning) return;
    this.#pingTimer = this.#deps.clock.after(ping.intervalMs * share, () => void this.#ping());
  }

  /** Asks every server; it is alive when one of them is. */
  async #ping(): Promise<void> {
    const { ping } = this.trunk;
    const { rng, srf } = this.#deps;
    if (ping !== null && !this.#health.disabled) {
      const places = await this.#targets.find();
      const faults = await Promise.all(places.map((place) => this.#ask(place, ping.intervalMs)));
      if (!this.#isRunning) return;
      const fault = places.length === 0 ? 'no server has this name' : faults[0];
      // Without an engine nothing was asked.
      if (faults.includes(null)) this.#healthChanged({ type: 'probe-answered' });
      else if (srf() !== null) {
        this.#healthChanged({ type: 'probe-failed', reason: `ping: ${fault ?? ''}` });
      }
    }
    this.#schedulePing(0.9 + 0.2 * rng.next());
  }

  /** Pings one server; null when it lives, else what was wrong. */
  async #ask(place: Place, intervalMs: number): Promise<string | null> {
    const { ids, clock, srf } = this.#deps;
    const uri = trunkUri(this.trunk, null);
    const outcome = await exchange(
      {
        method: 'OPTIONS',
        uri,
        proxy: hopTo(this.trunk, place),
        headers: {
          From: `<sip:ping@localhost>;tag=${ids.next()}`,
          To: `<${uri}>`,
          'Call-ID': ids.next(),
        },
        cseq: 1,
        credentials: null,
        limitMs: Math.min(intervalMs, MAX_PING_LIMIT_MS),
      },
      this.#deps,
    );
    if (!this.#isRunning) return null;
    const { status, reason, retryAfterSeconds } = outcome;
    const fault = AILING.has(status) ? `${status} ${reason}` : null;
    if (fault === null) this.#targets.answered(place);
    else if (srf() !== null) {
      this.#note({ atMs: clock.nowMs(), what: 'ping', status, reason });
      this.#targets.failed(place, `ping: ${fault}`);
    }
    if (status === 503 && retryAfterSeconds !== null) {
      if (this.#targets.areMany) this.#targets.rest(place, retryAfterSeconds * 1_000);
      else this.#rest(retryAfterSeconds);
    }
    return fault;
  }

  #rest(seconds: number): void {
    const atMs = this.#deps.clock.nowMs();
    this.#healthChanged({ type: 'rest-asked', atMs, afterMs: seconds * 1_000 });
  }

  #healthChanged(event: HealthEvent): void {
    const [health, effects] = stepHealth(this.#health, event);
    this.#health = health;
    for (const { turn, afterMs } of effects) {
      this.#restTimer?.cancel();
      this.#restTimer = this.#deps.clock.after(afterMs, () =>
        this.#healthChanged({ type: 'rest-timer-fired', turn }),
      );
    }
    this.#changed(false);
  }

  /** @param anyway the registration changed, which is news even when the state is the same */
  #changed(anyway: boolean): void {
    const standing = this.#standing();
    const isNew = standing.state !== this.#told.state;
    if (!isNew && !anyway) return;
    if (isNew) {
      this.#sinceMs = this.#deps.clock.nowMs();
      const { state, reason } = standing;
      this.#deps.log.info('trunk-state-changed', { trunk: this.trunk.name, state, reason });
      if (state !== 'up') this.#admit({ type: 'closed', why: reason ?? state });
    }
    this.#told = standing;
    this.#deps.changed(this.view());
  }

  #note(failure: TrunkFailure): void {
    this.#failuresTotal += 1;
    this.#failures = [failure, ...this.#failures].slice(0, MAX_FAILURES);
  }

  #admit(event: Event): void {
    const atMs = this.#deps.clock.monotonicMs();
    const [admission, effects] = stepAdmission(this.#admission, { ...event, atMs });
    this.#admission = admission;
    for (const effect of effects) this.#performAdmission(effect, atMs);
  }

  #performAdmission(effect: AdmissionEffect, atMs: number): void {
    switch (effect.type) {
      case 'grant':
        this.#callsTotal += 1;
        this.#recentCalls.push(atMs);
        this.#callsPerSecond();
        return this.#grant(effect.id);
      case 'refuse':
        return this.#take(effect.id)?.refused(effect.why);
      case 'start-timer':
        this.#lineTimer?.cancel();
        this.#lineTimer = this.#deps.clock.after(effect.afterMs, () =>
          this.#admit({ type: 'timer-fired' }),
        );
        return;
    }
  }

  #grant(id: string): void {
    const claimant = this.#take(id);
    claimant?.granted(claimant.targets);
  }

  #take(id: string): Waiting | undefined {
    const claimant = this.#claimants.get(id);
    this.#claimants.delete(id);
    return claimant;
  }

  /** Mean of the last ten seconds; what is older is forgotten. */
  #callsPerSecond(): number {
    const sinceMs = this.#deps.clock.monotonicMs() - RATE_WINDOW_MS;
    const first = this.#recentCalls.findIndex((atMs) => atMs > sinceMs);
    this.#recentCalls = first < 0 ? [] : this.#recentCalls.slice(first);
    return this.#recentCalls.length / (RATE_WINDOW_MS / 1_000);
  }
}

type Event = AdmissionEvent extends infer Any
  ? Any extends AdmissionEvent
    ? Omit<Any, 'atMs'>
    : never
  : never;
