// The trunks of a fake API: they keep what they are told and tell it on.
import { notFound } from '../../core/errors.ts';
import type { Sip, TrunkView } from '../../sip/index.ts';

export const TRUNK: TrunkView = {
  name: 'carrier',
  host: 'sip.carrier.example',
  port: 5060,
  protocol: 'udp',
  groups: ['all'],
  state: 'up',
  reason: null,
  sinceMs: Date.UTC(2026, 0, 5, 8),
  restsUntilMs: null,
  liveCalls: 3,
  waitingCalls: 1,
  callsPerSecond: 0.4,
  callsTotal: 17,
  failuresTotal: 1,
  registration: {
    state: 'registered',
    sinceMs: Date.UTC(2026, 0, 5, 8),
    expiresAtMs: Date.UTC(2026, 0, 5, 9),
    reason: null,
  },
  targets: [],
  failures: [{ atMs: Date.UTC(2026, 0, 5, 8), what: 'call', status: 503, reason: 'Busy' }],
};

/** One trunk that can be switched. */
export class FakeTrunks implements Pick<Sip, 'trunks' | 'setTrunkEnabled' | 'onTrunkChanged'> {
  #trunk: TrunkView = TRUNK;
  readonly #listeners: ((trunk: TrunkView) => void)[] = [];

  trunks(): readonly TrunkView[] {
    return [this.#trunk];
  }

  setTrunkEnabled(name: string, enabled: boolean): TrunkView {
    if (name !== this.#trunk.name) {
      throw notFound('SIP_TRUNK_UNKNOWN', 'there is no such trunk', { trunk: name });
    }
    const state = enabled ? 'up' : 'disabled';
    this.#trunk = { ...this.#trunk, state, reason: enabled ? null : 'disabled by an operator' };
    for (const listener of this.#listeners) listener(this.#trunk);
    return this.#trunk;
  }

  onTrunkChanged(listener: (trunk: TrunkView) => void): void {
    this.#listeners.push(listener);
  }
}
