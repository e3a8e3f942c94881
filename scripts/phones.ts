// Two telephones for a first try by hand (`npm run phones`): a customer behind the trunk of
// ringback.example.yaml who answers and talks, and the agent whose phone registers and answers.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Phone } from '../test/support/phone.ts';
import type { PhoneCall } from '../test/support/phone.ts';
import { person } from '../test/support/phone/behaviours.ts';

const USAGE = `Usage: npm run phones -- [--agent anna] [--data ./data] [--registrar 127.0.0.1:5060]
                          [--trunk 127.0.0.2:5060] [--talk-seconds 8]
`;

const SPEECH = join(import.meta.dirname, '../test/support/speech');
const speech = (name: string) => join(SPEECH, `${name}.wav`);

/** Registrations are renewed well before they end. */
const EXPIRES_SECONDS = 300;
const RENEW_MS = 120_000;

function say(who: string, what: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 23)}  ${who.padEnd(9)} ${what}\n`);
}

function address(text: string): { host: string; port: number } {
  const [host = '', port = ''] = text.split(':');
  return { host, port: Number(port) };
}

/** Tells what happens to a call, then acts as `behaviour` says. */
function told(who: string, behaviour: (call: PhoneCall) => Promise<void>) {
  return async (call: PhoneCall): Promise<void> => {
    say(who, `rings, called by ${call.remoteUser}`);
    void call.answered.then(
      () => say(who, 'answers'),
      () => undefined,
    );
    void call.ended.then(({ by, reason }) => {
      const heardSeconds = (call.heard().length / 8_000).toFixed(1);
      say(who, `call over (${by}${reason === '' ? '' : `, ${reason}`}), heard ${heardSeconds} s`);
    });
    await behaviour(call);
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      agent: { type: 'string', default: 'anna' },
      data: { type: 'string', default: './data' },
      registrar: { type: 'string', default: '127.0.0.1:5060' },
      trunk: { type: 'string', default: '127.0.0.2:5060' },
      'talk-seconds': { type: 'string', default: '8' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const username = values.agent;
  const password = readFileSync(join(values.data, 'agent-passwords', username), 'utf8').trim();
  const stayMs = Number(values['talk-seconds']) * 1_000;

  const customer = await Phone.open({ name: 'customer', ...address(values.trunk) });
  const hello = speech('person-hello');
  customer.onCall(told('customer', person({ hello, talk: speech('customer-talk') })));
  say('customer', `waits at ${values.trunk}: every number called through the trunk reaches it`);

  const agent = await Phone.open({ name: username });
  const talk = speech('agent-talk');
  agent.onCall(told(username, person({ hello: talk, stayMs })));
  const registrar = address(values.registrar);
  const register = () =>
    agent.register({ registrar, username, password, expiresSeconds: EXPIRES_SECONDS });
  await register();
  say(username, `registered at ${values.registrar}, hangs up after ${stayMs / 1_000} s of talk`);
  setInterval(() => {
    register().catch((error: unknown) => say(username, `not registered: ${String(error)}`));
  }, RENEW_MS);

  process.on('SIGINT', () => {
    void Promise.all([customer.close(), agent.close()]).then(() => process.exit(0));
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.stderr.write('Start the server first: npm start -- --config ringback.example.yaml\n');
  process.exitCode = 1;
});
