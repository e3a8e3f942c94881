// The configuration read again while everything runs (SIGHUP): checked as a whole, then trunks and
// their groups are taken over, and what else changed is named for the next start.
import { isDeepStrictEqual } from 'node:util';
import { RingbackError } from '../core/errors.ts';
import type { Log } from '../core/ports.ts';
import type { Sip } from '../sip/index.ts';
import type { Config } from './config.ts';
import { mixedConfig, toSipOptions } from './config.ts';

/** Paths whose changes are taken over (`media.workers` beside this); the rest needs a restart. */
const LIVE: ReadonlySet<string> = new Set(['sip.trunks', 'sip.trunkGroups', 'media.workers']);

/**
 * Takes over what can be; answers the configuration that holds from now on.
 * @param read reads and checks the file again; a fault leaves everything as it is
 */
export function reload(
  current: Config,
  read: () => Config,
  { sip, log }: { readonly sip: Pick<Sip, 'setTrunks'>; readonly log: Log },
): Config {
  try {
    const next = read();
    const changed = changedPaths(current, next);
    for (const path of changed.filter((one) => !LIVE.has(one))) {
      log.warn('config-change-needs-restart', { path });
    }
    // The new trunks must also suit the queues as they are.
    const mixed = mixedConfig(current, next);
    const { trunks, trunkGroups = [] } = toSipOptions(mixed, '');
    sip.setTrunks(trunks, trunkGroups);
    log.info('config-reloaded', { applied: changed.filter((one) => LIVE.has(one)).join(', ') });
    return mixed;
  } catch (error) {
    if (!(error instanceof RingbackError)) throw error;
    log.error('config-reload-refused', { code: error.code, reason: error.message });
    return current;
  }
}

/** `log`, `queues`, `sip.trunks` ...: two levels where a part of a section is live. */
function changedPaths(before: Config, after: Config): readonly string[] {
  const differing = (a: object, b: object): readonly string[] => {
    const [left, right] = [Object.entries(a), new Map(Object.entries(b))];
    return left.filter(([key, value]) => !same(value, right.get(key))).map(([key]) => key);
  };
  return differing(settingsOf(before), settingsOf(after)).flatMap((key) =>
    key === 'sip' || key === 'media'
      ? differing(before[key], after[key]).map((inner) => `${key}.${inner}`)
      : [key],
  );
}

function settingsOf({ secrets: _secrets, source: _source, ...settings }: Config): object {
  return settings;
}

function same(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b);
}
