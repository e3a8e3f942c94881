// The command line of the server: which file to read, what to print instead of starting.
import { parseArgs } from 'node:util';
import { badRequest } from '../core/errors.ts';

export interface CommandLine {
  /** YAML file; null: defaults. */
  readonly configPath: string | null;
  readonly printConfig: boolean;
  readonly help: boolean;
}

export const USAGE = `Usage: npm start -- [--config FILE.yaml] [--print-config]

  --config FILE    configuration; without it everything has a default
                   (RINGBACK_CONFIG names it too)
  --print-config   shows the configuration in force, without secrets, and ends
  --help           this text
`;

/** @throws RingbackError COMMAND_LINE_INVALID */
export function readCommandLine(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): CommandLine {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        config: { type: 'string' },
        'print-config': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return {
      configPath: values.config ?? environment['RINGBACK_CONFIG'] ?? null,
      printConfig: values['print-config'] ?? false,
      help: values.help ?? false,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw badRequest('COMMAND_LINE_INVALID', `${reason}\n\n${USAGE}`);
  }
}
