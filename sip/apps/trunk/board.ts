// All trunks of the configuration, alive: who may carry a call, what they are like now.
import { notFound } from '../../../core/errors.ts';
import type { TrunkView } from '../../types.ts';
import type { StateFile } from '../../state-file.ts';
import type { TrunkRoute } from '../call-plan.ts';
import { orderCandidates } from './choice.ts';
import { groupsOf } from './groups.ts';
import type { TrunkNames } from './groups.ts';
import { LiveTrunk } from './live-trunk.ts';
import type { LiveTrunkDeps } from './live-trunk.ts';

export interface BoardDeps extends Omit<LiveTrunkDeps, 'changed'> {
  /** Which trunks are switched off, over restarts; null: nowhere. */
  readonly switches: Pick<StateFile, 'read' | 'write' | 'settled'> | null;
}

/** The live trunks, by name. */
export class TrunkBoard {
  readonly #trunks: ReadonlyMap<string, LiveTrunk>;
  readonly #deps: BoardDeps;
  readonly #listeners: ((trunk: TrunkView) => void)[] = [];

  constructor(names: TrunkNames, deps: BoardDeps) {
    this.#deps = deps;
    const changed = (view: TrunkView): void =>
      this.#listeners.forEach((listener) => listener(view));
    this.#trunks = new Map(
      names.trunks.map((trunk) => [
        trunk.name,
        new LiveTrunk(trunk, groupsOf(names, trunk.name), { ...deps, changed }),
      ]),
    );
    const off = deps.switches?.read();
    for (const name of Array.isArray(off) ? (off as readonly unknown[]) : []) {
      if (typeof name === 'string') this.#trunks.get(name)?.setEnabled(false);
    }
  }

  start(): void {
    for (const trunk of this.#trunks.values()) trunk.start();
  }

  /** Resolves when every registration is removed. */
  async stop(): Promise<void> {
    await Promise.all([...this.#trunks.values()].map((trunk) => trunk.stop()));
    await this.#deps.switches?.settled();
  }

  /** Takes it out of use or back, also for later starts. @throws RingbackError SIP_TRUNK_UNKNOWN */
  setEnabled(name: string, enabled: boolean): TrunkView {
    const trunk = this.trunk(name);
    trunk.setEnabled(enabled);
    this.#deps.switches?.write(() =>
      [...this.#trunks.values()]
        .filter(({ state }) => state === 'disabled')
        .map(({ trunk: { name: off } }) => off),
    );
    return trunk.view();
  }

  /** @throws RingbackError SIP_TRUNK_UNKNOWN {trunk} */
  trunk(name: string): LiveTrunk {
    const trunk = this.#trunks.get(name);
    if (trunk === undefined) {
      throw notFound('SIP_TRUNK_UNKNOWN', 'there is no such trunk', { trunk: name });
    }
    return trunk;
  }

  views(): readonly TrunkView[] {
    return [...this.#trunks.values()].map((trunk) => trunk.view());
  }

  onChanged(listener: (trunk: TrunkView) => void): void {
    this.#listeners.push(listener);
  }

  /** The routes to try now, in order; empty when none of their trunks can be used. */
  inOrder(routes: readonly TrunkRoute[]): readonly TrunkRoute[] {
    const byName = new Map(routes.map((route) => [route.trunk.name, route]));
    const order = orderCandidates(
      routes.map(({ trunk: { name }, priority, weight }) => ({
        ...{ trunk: name, priority, weight },
        state: this.trunk(name).state,
        roll: this.#deps.rng.next(),
      })),
    );
    return order.map((name) => byName.get(name)).filter((route) => route !== undefined);
  }
}
