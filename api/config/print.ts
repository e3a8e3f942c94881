// The configuration in force, as a file that could be used again: every default written out,
// secrets left where they are (only the names of their environment variables are shown). PURE.
import { stringify } from 'yaml';
import type { Config } from './load.ts';

/** YAML of all settings in force, for `--print-config`. */
export function configText(config: Config): string {
  const { secrets: _shownNowhere, source, ...settings } = config;
  const origin = source === null ? 'defaults, no file' : source;
  return `# Ringback configuration in force (${origin})\n${stringify(settings)}`;
}
