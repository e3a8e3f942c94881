// Turning what the schema found into sentences: path, value, what is allowed. PURE.
import type { z } from 'zod';
import { allowedText, schemaAt, type SchemaNode } from './allowed.ts';

export type Path = readonly (string | number)[];

/** One thing that is wrong with the configuration. */
export interface ConfigIssue {
  readonly path: Path;
  /** One sentence without the path: what was found and what is allowed. */
  readonly message: string;
}

/** `sip.trunks[0].port`; the top of the file is `(file)`. */
export function pathText(path: Path): string {
  if (path.length === 0) return '(file)';
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      const key = step === '' ? '""' : step;
      return index === 0 ? key : `.${key}`;
    })
    .join('');
}

/** The value of a document at a path, undefined where there is none. */
export function valueAt(document: unknown, path: Path): unknown {
  let at = document;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}

/** All findings of the schema about `document`, each with its own path. */
export function issuesOf(error: z.ZodError, document: unknown, root: SchemaNode): ConfigIssue[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownKey(path, key, root));
    }
    if (issue.code === 'invalid_key') return [refusedName(path, root)];
    return [refusedValue(path, valueAt(document, path), schemaAt(root, path))];
  });
}

function refusedValue(path: Path, value: unknown, node: SchemaNode | null): ConfigIssue {
  const allowed = node === null ? 'something else' : allowedText(node);
  const found = value === undefined ? 'is missing' : `is ${shown(value)}`;
  return { path, message: `${found}; allowed: ${allowed}` };
}

function refusedName(path: Path, root: SchemaNode): ConfigIssue {
  const names = schemaAt(root, path.slice(0, -1))?.propertyNames;
  return { path, message: `is no possible name; allowed: ${names?.allowed ?? 'another name'}` };
}

function unknownKey(path: Path, key: string, root: SchemaNode): ConfigIssue {
  const known = Object.keys(schemaAt(root, path)?.properties ?? {});
  const reach = Math.min(2, Math.floor(key.length / 3));
  const near = known.find((name) => editDistance(name.toLowerCase(), key.toLowerCase()) <= reach);
  const hint = near === undefined ? `known here: ${known.join(', ')}` : `did you mean ${near}?`;
  return { path: [...path, key], message: `is not a known key; ${hint}` };
}

/** The value as it stood in the file, shortened. */
function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}

/** Levenshtein distance of two short texts. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
