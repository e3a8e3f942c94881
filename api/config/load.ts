// From a YAML file and the environment to a checked configuration, or to all that is wrong with it.
import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { RingbackError } from '../../core/errors.ts';
import { configJsonSchema, schemaAt, type SchemaNode } from './allowed.ts';
import { crossCheck } from './cross-check.ts';
import { withServiceOptions } from './genesys.ts';
import { issuesOf, pathText, type ConfigIssue, type Path } from './issues.ts';
import { configSchema, type Settings } from './schema.ts';
import { readSecrets, type Environment, type Secrets } from './secrets.ts';

/** The settings with their secrets, and where they came from. */
export interface Config extends Settings {
  readonly secrets: Secrets;
  /** Path of the file; null when everything is a default. */
  readonly source: string | null;
}

/**
 * Reads and checks the configuration.
 * @param path of the YAML file; null: defaults only
 * @throws RingbackError CONFIG_UNREADABLE, or CONFIG_INVALID with one line for each fault
 */
export function loadConfig(path: string | null, environment: Environment): Config {
  return parseConfig(path === null ? '' : readText(path), environment, path);
}

/** The same for text at hand; `source` is used in messages. */
export function parseConfig(
  text: string,
  environment: Environment,
  source: string | null = null,
): Config {
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines });
  const name = source ?? 'configuration';
  if (yaml.errors.length > 0) {
    throw invalid(
      name,
      yaml.errors.map((error) => `${name}: ${error.message.trimEnd()}`),
    );
  }
  const document = withoutEmptySections(plainValue(name, yaml), configJsonSchema);
  const parsed = configSchema.safeParse(document);
  const settings = parsed.success ? withServiceOptions(parsed.data) : null;
  const { secrets, issues: secretIssues } =
    settings === null ? { secrets: null, issues: [] } : readSecrets(settings, environment);
  const issues = parsed.success
    ? [...crossCheck(settings ?? parsed.data), ...secretIssues]
    : issuesOf(parsed.error, document, configJsonSchema);
  if (settings === null || secrets === null || issues.length > 0) {
    throw invalid(name, inFileOrder(name, yaml, lines, issues));
  }
  return { ...settings, secrets, source };
}

/**
 * The trunks of the next configuration with everything else of the current one.
 * @throws RingbackError CONFIG_INVALID when they do not go together
 */
export function mixedConfig(current: Config, next: Config): Config {
  const { trunks, trunkGroups } = next.sip;
  const sip = { ...current.sip, trunks, trunkGroups };
  const media = { ...current.media, workers: next.media.workers };
  const mixed = { ...current, sip, media, secrets: current.secrets.and(next.secrets) };
  const issues = crossCheck(mixed);
  if (issues.length === 0) return mixed;
  const faults = issues.map(({ path, message }) => `${pathText(path)} ${message}`);
  throw invalid(next.source ?? 'configuration', faults);
}

/** @throws RingbackError CONFIG_INVALID for aliases without an anchor, or far too many of them */
function plainValue(name: string, yaml: Document): unknown {
  try {
    return yaml.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (cause) {
    throw invalid(name, [`${name}: ${cause instanceof Error ? cause.message : String(cause)}`]);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RingbackError(
      'CONFIG_UNREADABLE',
      `the configuration cannot be read: ${reason}`,
      { retryable: false, httpStatus: 500 },
      { path },
      cause,
    );
  }
}

function invalid(source: string, faults: readonly string[]): RingbackError {
  return new RingbackError(
    'CONFIG_INVALID',
    [`the configuration has ${faults.length} fault(s):`, ...faults].join('\n  '),
    { retryable: false, httpStatus: 500 },
    { source, faults: faults.length },
  );
}

/** `file:line: path message`; the line is that of the nearest thing the file does contain. */
function inFileOrder(
  name: string,
  yaml: Document,
  lines: LineCounter,
  issues: readonly ConfigIssue[],
): string[] {
  return issues
    .map((issue) => ({ line: lineOf(yaml, lines, issue.path), issue }))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
    .map(({ line, issue }) => {
      const where = line === null ? name : `${name}:${line}`;
      return `${where}: ${pathText(issue.path)} ${issue.message}`;
    });
}

function lineOf(yaml: Document, lines: LineCounter, path: Path): number | null {
  for (let length = path.length; length > 0; length--) {
    const node = yaml.getIn(path.slice(0, length), true);
    if (typeof node !== 'object' || node === null || !('range' in node)) continue;
    const range = node.range;
    if (Array.isArray(range) && typeof range[0] === 'number') return lines.linePos(range[0]).line;
  }
  return null;
}

/** A section whose lines are all commented out reads as null in YAML: it is as if not there. */
function withoutEmptySections(value: unknown, node: SchemaNode | null): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => withoutEmptySections(item, node?.items ?? null));
  }
  if (typeof value !== 'object' || value === null || node === null) return value;
  const kept = Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const innerNode = schemaAt(node, [key]);
    const section = innerNode?.type === 'object' || innerNode?.type === 'array';
    return inner === null && section ? [] : [[key, withoutEmptySections(inner, innerNode)]];
  });
  return Object.fromEntries(kept);
}
