// Everything that knows a person beside the store of callbacks and chats, erased in one go.
import type { PersonTrail } from '../callback/index.ts';
import type { ApiDeps } from './deps.ts';
import { aboutPerson } from './erasing.ts';
import { eraseDeliveries } from './events/erasing.ts';
import type { AnswerStore } from './idempotency/store.ts';
import { erasePushes } from './push/erasing.ts';

type Deps = Pick<ApiDeps, 'notify' | 'traces' | 'gmsStorage' | 'callIds' | 'clock'> & {
  readonly answers: Pick<AnswerStore, 'erase'>;
};

/** The answer throws when a file cannot be written: what was forgotten by half is not hidden. */
export function forgetting(deps: Deps): (trail: PersonTrail) => void {
  const { notify, traces, gmsStorage, callIds, answers, clock } = deps;
  return (trail) => {
    const isAbout = aboutPerson(trail);
    traces?.forget(trail.callbackIds.flatMap(callIds), isAbout);
    eraseDeliveries(notify.database, isAbout, clock.nowMs());
    erasePushes(notify.database, isAbout);
    answers.erase(isAbout);
    gmsStorage?.erase(isAbout);
  };
}
