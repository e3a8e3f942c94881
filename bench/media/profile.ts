// Where the time went, out of the CPU profiles that Node wrote at its end.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const MOST_LINES = 40;
/** Native code outside of any function, reading sockets above all, is `(program)`: it counts. */
const IDLE = ['(idle)'];

function selfTimes(profile: Profile): Map<string, number> {
  const names = new Map(
    profile.nodes.map(({ id, callFrame: { functionName, url } }) => {
      const where = url === '' ? '' : ` ${basename(url)}`;
      return [id, `${functionName === '' ? '(anonymous)' : functionName}${where}`];
    }),
  );
  const times = new Map<string, number>();
  profile.samples.forEach((id, i) => {
    const name = names.get(id) ?? '';
    times.set(name, (times.get(name) ?? 0) + (profile.timeDeltas[i] ?? 0));
  });
  return times;
}

/** Self time of the busiest functions of the busiest thread, as shares of its busy time. */
export function profileLines(folder: string): string[] {
  const threads = readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => selfTimes(JSON.parse(readFileSync(join(folder, name), 'utf8')) as Profile))
    .map((times) => [...times].filter(([name]) => !IDLE.includes(name)))
    .map((times) => ({ times, busy: times.reduce((sum, [, time]) => sum + time, 0) }))
    .sort((a, b) => b.busy - a.busy);
  const [busiest] = threads;
  if (busiest === undefined) return ['no profile was written'];
  return busiest.times
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_LINES)
    .map(([name, time]) => `${((time / busiest.busy) * 100).toFixed(1).padStart(5)} % ${name}`);
}
