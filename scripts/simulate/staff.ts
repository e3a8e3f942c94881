// Agents come and go by their shifts, and come back after a call they missed. An agent of whom the
// day says nothing works all day.
import type { Clock } from '../../core/ports.ts';
import type { AgentDefinition, Router } from '../../routing/index.ts';
import type { Day, Shift } from './day.ts';

/** Back to ready so long after a call that was not taken. */
const backAfterMissMs = 30_000;
const shiftOver = 'shift-over';

export class Staff {
  readonly #router: Router;
  readonly #clock: Clock;
  readonly #shifts = new Map<string, readonly Pick<Shift, 'fromSeconds' | 'toSeconds'>[]>();
  readonly #atWork = new Set<string>();

  constructor(router: Router, clock: Clock, day: Day, agents: readonly AgentDefinition[]) {
    this.#router = router;
    this.#clock = clock;
    const allDay = { fromSeconds: 0, toSeconds: day.head.hours * 3_600 };
    const byAgent = Map.groupBy(day.shifts, ({ agent }) => agent);
    for (const { agentId } of agents) this.#shifts.set(agentId, byAgent.get(agentId) ?? [allDay]);
    router.onNotice((notice) => {
      if (notice.type === 'agent-changed' && notice.agent.state === 'not-ready') {
        this.#notReady(notice.agent.agentId);
      }
    });
  }

  begin(): void {
    for (const [agentId, shifts] of this.#shifts) {
      for (const { fromSeconds, toSeconds } of shifts) {
        this.#clock.after(fromSeconds * 1_000, () => this.#comes(agentId));
        this.#clock.after(toSeconds * 1_000, () => this.#goes(agentId));
      }
    }
  }

  #comes(agentId: string): void {
    this.#atWork.add(agentId);
    if (this.#router.agent(agentId)?.state === 'logged-out') this.#router.login(agentId);
    this.#router.ready(agentId);
  }

  /** After the conversation, if there is one. */
  #goes(agentId: string): void {
    this.#atWork.delete(agentId);
    if (this.#router.agent(agentId)?.state === 'logged-out') return;
    this.#router.notReady(agentId, shiftOver);
  }

  #notReady(agentId: string): void {
    if (this.#router.agent(agentId)?.state !== 'not-ready') return;
    if (!this.#atWork.has(agentId)) return this.#router.logout(agentId);
    this.#clock.after(backAfterMissMs, () => {
      const isBack = this.#atWork.has(agentId);
      if (isBack && this.#router.agent(agentId)?.state === 'not-ready') this.#router.ready(agentId);
    });
  }
}
