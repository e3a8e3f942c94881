// Whom an agent reaches by dialling or by transferring: a queue by its id or number, a colleague by
// user name or agent id, anybody else by a telephone number. Where a number may lead is for the
// trunks to say (`destinations`).
import type { TransferGoal } from '../callback/index.ts';
import type { Router } from '../routing/index.ts';
import type { Config } from './config.ts';
import { queueOfCalled } from './config.ts';
import { toE164 } from './phone-number.ts';
import { RingbackError } from '../core/errors.ts';

/** @returns the goal of a user part; null: nobody has that address */
export function numberPlan(
  config: Config,
  router: Pick<Router, 'agents'>,
): (user: string) => TransferGoal | null {
  const numbers = queueOfCalled(config);
  const queueIds = new Set(config.queues.map(({ id }) => id));
  return (user) => {
    const number = e164(user, config.defaultCountry);
    const queueId = queueIds.has(user) ? user : numbers.get(number ?? user);
    if (queueId !== undefined) return { kind: 'queue', queueId };
    const agent = router.agents().find((one) => one.username === user || one.agentId === user);
    if (agent !== undefined) {
      const { username } = agent;
      return { kind: 'dial', target: { kind: 'user', username }, label: username };
    }
    if (number === null) return null;
    return { kind: 'dial', target: { kind: 'number', number, trunk: null }, label: number };
  };
}

function e164(user: string, country: string): string | null {
  if (!/^[+\d][\d().-]{2,30}$/.test(user)) return null;
  try {
    return toE164(user, country, 'number');
  } catch (error) {
    if (error instanceof RingbackError) return null;
    throw error;
  }
}
