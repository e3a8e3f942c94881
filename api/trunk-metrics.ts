// Prometheus metrics of trunks, read from sip/ when scraped.
import { Gauge, type Registry } from 'prom-client';
import type { TrunkState, TrunkView } from '../sip/index.ts';

const STATES: readonly TrunkState[] = ['up', 'down', 'resting', 'disabled'];

/** Numbers of one trunk, by the name of their metric. */
const NUMBERS: readonly (readonly [string, string, (trunk: TrunkView) => number])[] = [
  ['ringback_trunk_live_calls', 'Calls placed through a trunk.', (trunk) => trunk.liveCalls],
  ['ringback_trunk_waiting_calls', 'Calls waiting their turn.', (trunk) => trunk.waitingCalls],
  [
    'ringback_trunk_calls_per_second',
    'New calls per second, mean of the last ten.',
    (trunk) => trunk.callsPerSecond,
  ],
  ['ringback_trunk_calls', 'Calls sent to a trunk since the start.', (trunk) => trunk.callsTotal],
  [
    'ringback_trunk_failures',
    'Calls, pings and registrations that failed since the start.',
    (trunk) => trunk.failuresTotal,
  ],
];

/** Adds the gauges of trunks to a registry. */
export function addTrunkMetrics(registry: Registry, trunks: () => readonly TrunkView[]): void {
  const registers = [registry];
  for (const [name, help, read] of NUMBERS) {
    const labelNames = ['trunk'];
    const gauge = new Gauge({
      ...{ name, help, labelNames, registers },
      collect: () => {
        for (const trunk of trunks()) gauge.set({ trunk: trunk.name }, read(trunk));
      },
    });
  }
  const state = new Gauge({
    name: 'ringback_trunk_state',
    help: '1 for the state a trunk is in, 0 for the others.',
    labelNames: ['trunk', 'state'],
    registers,
    collect: () => {
      for (const trunk of trunks()) {
        for (const one of STATES) {
          state.set({ trunk: trunk.name, state: one }, trunk.state === one ? 1 : 0);
        }
      }
    },
  });
  const registered = new Gauge({
    name: 'ringback_trunk_registered',
    help: '1 when registered with the trunk; only for trunks that want it.',
    labelNames: ['trunk'],
    registers,
    collect: () => {
      for (const { name, registration } of trunks()) {
        if (registration === null) continue;
        registered.set({ trunk: name }, registration.expiresAtMs === null ? 0 : 1);
      }
    },
  });
}
