// The files of the telephone page: our own, and sip.js as its package has it. Only what is listed
// here at the start is served, so that no path can lead anywhere else.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const OWN = new URL('../pages/phone/', import.meta.url);

export interface PageFile {
  readonly path: string;
  readonly type: string;
  /** Of a package, whose files change with its version only. */
  readonly lasting: boolean;
}

/** By the path below `/phone/`: `index.html`, `sip.js/api/user-agent.js`. */
export function pageFiles(): ReadonlyMap<string, PageFile> {
  const library = dirname(fileURLToPath(import.meta.resolve('sip.js')));
  return new Map([...filesIn(fileURLToPath(OWN), '', false), ...filesIn(library, 'sip.js/', true)]);
}

function filesIn(folder: string, prefix: string, lasting: boolean): [string, PageFile][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const type = TYPES[extname(name)];
    if (type === undefined) return [];
    return [[`${prefix}${name}`, { path: join(folder, name), type, lasting }]];
  });
}

/** The bytes of a listed file. */
export function contentOf(file: PageFile): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(file.path));
}
