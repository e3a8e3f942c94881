// What `ringback --help` says, for all and for one command. PURE.

export interface CommandHelp {
  /** What follows the command's name. */
  readonly usage: string;
  readonly summary: string;
  /** Option lines beyond the common ones. */
  readonly options?: readonly string[];
}

export const HELP = {
  create: {
    usage: '--queue Q --number NUMBER [--at TIME]',
    summary: 'promise a callback',
    options: [
      '--queue Q        queue that calls back',
      '--number NUMBER  customer: E.164, or national in the default country',
      '--at TIME        when, 2030-01-07T14:00+01:00; without an offset: local time here',
    ],
  },
  list: {
    usage: '[--state STATES] [--queue Q] [--limit N]',
    summary: 'callbacks, newest first',
    options: [
      '--state STATES   separated by commas: scheduled, queued, dialing, routing, connected,',
      '                 waiting-retry, completed',
      '--queue Q        of this queue',
      '--limit N        how many at most, 1 to 10000 (50)',
    ],
  },
  show: { usage: 'ID', summary: 'one callback with its history' },
  watch: {
    usage: '[--queue Q]',
    summary: 'callbacks as they change: a live table, or lines where there is no terminal',
    options: ['--queue Q        of this queue'],
  },
  cancel: { usage: 'ID', summary: 'end a callback' },
  agents: { usage: '', summary: 'agents, their states and telephones' },
  queues: { usage: '', summary: 'queues, who waits, and how long one would wait' },
  calls: { usage: '', summary: 'calls that are up' },
  trace: {
    usage: 'CALL [--svg FILE]',
    summary: 'the SIP messages of a call as a ladder (CALL: id of the callback or call)',
    options: ['--svg FILE       draw it into this file instead'],
  },
  doctor: { usage: '', summary: 'what is wrong with an installation, and what to do about it' },
} as const satisfies Readonly<Record<string, CommandHelp>>;

export type CommandName = keyof typeof HELP;

export function isCommand(name: string): name is CommandName {
  return Object.hasOwn(HELP, name);
}

const COMMON = [
  '--url URL        the server (RINGBACK_URL, http://127.0.0.1:8080)',
  '--key-file FILE  file with the API key; before RINGBACK_API_KEY, which is before data/api-key',
  '--json           what the API answered, for programs',
  '--help           this text',
];

const EXITS =
  'Exit status: 0 done, 1 refused or failed, 2 wrong usage, 3 no answer from the server.';

/** The text for one command, or for all (null). */
export function helpText(name: CommandName | null): string {
  if (name !== null) {
    const { usage, summary, options = [] }: CommandHelp = HELP[name];
    const lines = [...options, ...COMMON].map((line) => `  ${line}`);
    return `Usage: ringback ${name} ${usage}\n\n${summary}\n\n${lines.join('\n')}\n`;
  }
  const width = Math.max(...Object.keys(HELP).map((command) => command.length));
  const commands = Object.entries(HELP).map(
    ([command, { summary }]) => `  ${command.padEnd(width)}  ${summary}`,
  );
  const lines = COMMON.map((line) => `  ${line}`);
  const more = '`ringback COMMAND --help` tells the options of one command.';
  return [
    'Usage: ringback COMMAND [options]\n',
    ...[...commands, '', ...lines, '', more, EXITS, ''],
  ].join('\n');
}
