// All trunks of the configuration, alive: who may carry a call, what they are like now.
import { notFound } from '../../../core/errors.ts';
import type { TrunkView } from '../../types.ts';
import type { StateFile } from '../../state-file.ts';
import type { TrunkRoute } from '../call-plan.ts';
import type { Trunk } from '../trunks.ts';
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
  #trunks: ReadonlyMap<string, LiveTrunk>;
  #isRunning = false;
  readonly #deps: BoardDeps;
  readonly #listeners: ((trunk: TrunkView) => void)[] = [];

  constructor(names: TrunkNames, deps: BoardDeps) {
    this.#deps = deps;
    this.#trunks = this.#made(names, () => undefined);
    const off = deps.switches?.read();
    for (const name of Array.isArray(off) ? (off as readonly unknown[]) : []) {
      if (typeof name === 'string') this.#trunks.get(name)?.setEnabled(false);
    }
  }

  /**
   * Takes these trunks from now on. Those that stay as they are keep their state; the others are
   * made anew, and what was switched off stays so. Calls keep the trunk they went out through.
   */
  replace(names: TrunkNames): void {
    const before = this.#trunks;
    this.#trunks = this.#made(names, (trunk) => {
      const known = before.get(trunk.name);
      const groups = groupsOf(names, trunk.name);
      const same = known?.isAs(trunk, groups) === true;
      return same ? known : undefined;
    });
    for (const [name, trunk] of this.#trunks) {
      const old = before.get(name);
      if (old === trunk) continue;
      if (old?.state === 'disabled') trunk.setEnabled(false);
      // A registration is removed before the next one is made: the carrier takes them for one.
      void (old?.stop() ?? Promise.resolve()).then(() => {
        if (this.#isRunning && this.#trunks.get(name) === trunk) trunk.start();
      });
    }
    for (const [name, trunk] of before) if (!this.#trunks.has(name)) void trunk.stop();
  }

  #made(
    names: TrunkNames,
    known: (trunk: Trunk) => LiveTrunk | undefined,
  ): ReadonlyMap<string, LiveTrunk> {
    const changed = (view: TrunkView): void =>
      this.#listeners.forEach((listener) => listener(view));
    const make = (trunk: Trunk): LiveTrunk =>
      new LiveTrunk(trunk, groupsOf(names, trunk.name), { ...this.#deps, changed });
    return new Map(names.trunks.map((trunk) => [trunk.name, known(trunk) ?? make(trunk)]));
  }

  start(): void {
    this.#isRunning = true;
    for (const trunk of this.#trunks.values()) trunk.start();
  }

  /** Resolves when every registration is removed. */
  async stop(): Promise<void> {
    this.#isRunning = false;
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
