// What V8 writes down, read: a CPU profile as self time by module and function, a heap snapshot as
// bytes by kind of object.
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A name and its part: microseconds or bytes. */
export interface Share {
  readonly name: string;
  readonly amount: number;
}

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

const ROOT = resolve(import.meta.dirname, '../..');

/** Self time in microseconds, largest first; without the time in which nothing ran. */
export function readCpuProfile(path: string): {
  readonly byModule: readonly Share[];
  readonly byFunction: readonly Share[];
} {
  const profile = JSON.parse(readFileSync(path, 'utf8')) as CpuProfile;
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const byModule = new Map<string, number>();
  const byFunction = new Map<string, number>();
  for (const [i, id] of profile.samples.entries()) {
    const frame = frames.get(id);
    if (frame === undefined || frame.functionName === '(idle)') continue;
    const timeUs = Math.max(0, profile.timeDeltas[i] ?? 0);
    const module = moduleOf(frame.url, frame.functionName);
    const place = frame.url === '' ? '' : ` (${module}:${frame.lineNumber + 1})`;
    const name = `${frame.functionName === '' ? 'anonymous' : frame.functionName}${place}`;
    byModule.set(module, (byModule.get(module) ?? 0) + timeUs);
    byFunction.set(name, (byFunction.get(name) ?? 0) + timeUs);
  }
  return { byModule: ranked(byModule), byFunction: ranked(byFunction) };
}

function moduleOf(url: string, functionName: string): string {
  if (url.startsWith('file:')) return relative(ROOT, fileURLToPath(url));
  if (url !== '') return url;
  return functionName.startsWith('(') ? functionName : 'native';
}

function ranked(amounts: ReadonlyMap<string, number>): Share[] {
  return [...amounts]
    .map(([name, amount]) => ({ name, amount }))
    .sort((a, b) => b.amount - a.amount);
}

interface Snapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly [readonly string[], ...unknown[]];
    };
  };
  readonly nodes: readonly number[];
  readonly strings: readonly string[];
}

/** Bytes of the objects themselves, by class or V8's own kind; null while it is being written. */
export function bytesByKind(path: string): ReadonlyMap<string, number> | null {
  const text = readFileSync(path, 'utf8');
  if (!text.trimEnd().endsWith('}')) return null;
  const { snapshot, nodes, strings } = JSON.parse(text) as Snapshot;
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const at = { type: fields.indexOf('type'), name: fields.indexOf('name') };
  const sizeAt = fields.indexOf('self_size');
  const kinds = new Map<string, number>();
  for (let i = 0; i < nodes.length; i += fields.length) {
    const type = types[0][nodes[i + at.type] ?? 0] ?? '';
    const name = strings[nodes[i + at.name] ?? 0] ?? '';
    const kind = ['object', 'closure', 'native'].includes(type) ? `${type} ${name}` : type;
    kinds.set(kind, (kinds.get(kind) ?? 0) + (nodes[i + sizeAt] ?? 0));
  }
  return kinds;
}
