// Many softphones that refresh every minute, beside calls, on the durable registrar:
//   npm run bench:registrations -- [--users 10000] [--seconds 120] [--calls-per-second 200]
// SIPp plays the phones (digest, one refresh each per minute) and the calls of a trunk.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '../test/support/tools.ts';
import { runSipp } from './sip/load.ts';
import { Measured } from './sip/processes.ts';

const HERE = join(import.meta.dirname, 'sip');
const REALM = 'bench';
const PASSWORD = 'a-long-password';
const REFRESH_SECONDS = 60;

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '120' },
    'calls-per-second': { type: 'string', default: '200' },
  },
});
const users = Number(values.users);
const seconds = Number(values.seconds);
const folder = mkdtempSync(join(tmpdir(), 'ringback-registrations-'));

/** Runs SIPp and reads how its calls went. */
async function sipp(args: readonly string[]) {
  const counted = await runSipp(args, seconds + 40);
  return {
    successful: Number(counted('SuccessfulCall(C)')),
    failed: Number(counted('FailedCall(C)')),
    retransmissions: Number(counted('Retransmissions(C)')),
  };
}

const site = new Measured(process.execPath, [
  join(HERE, 'site.ts'),
  ...[folder, String(users), REALM, PASSWORD],
]);
const { port } = await site.json<{ port: number }>();
const csv = join(folder, 'users.csv');
const lines = Array.from(
  { length: users },
  (_, n) => `user${n};[authentication username=user${n} password=${PASSWORD}]`,
);
writeFileSync(csv, `SEQUENTIAL\n${lines.join('\n')}\n`);

const refreshes = Math.ceil((users / REFRESH_SECONDS) * seconds);
const calls = Number(values['calls-per-second']) * seconds;
const before = site.usage();
const [registered, called] = await Promise.all([
  sipp([
    `127.0.0.1:${port}`,
    ...['-sf', join(HERE, 'register.xml'), '-inf', csv, '-i', '127.0.0.1'],
    ...['-p', String(await freePort('127.0.0.1')), '-r', String(Math.ceil(refreshes / seconds))],
    ...['-m', String(refreshes), '-l', '20000'],
  ]),
  sipp([
    `127.0.0.1:${port}`,
    ...['-sn', 'uac', '-s', '+12025550100', '-i', '127.0.0.2', '-d', '0'],
    ...['-p', String(await freePort('127.0.0.2')), '-r', values['calls-per-second']],
    ...['-m', String(calls), '-l', '20000'],
  ]),
]);
const after = site.usage();
site.child.stdin?.write('stats\n');
const stats = await site.json<Record<string, number>>();
await site.stop();
rmSync(folder, { recursive: true, force: true });

process.stdout.write(
  `${users} softphones refreshing every ${REFRESH_SECONDS} s for ${seconds} s: ` +
    `${registered.successful} of ${refreshes} refreshes, ${registered.failed} failed, ` +
    `${registered.retransmissions} retransmissions\n` +
    `beside ${called.successful} of ${calls} calls, ${called.failed} failed, ` +
    `${called.retransmissions} retransmissions\n` +
    `${stats['registeredUsers']} users registered, ` +
    `CPU ${((after.cpuMs - before.cpuMs) / (seconds * 10)).toFixed(0)} % of a core, ` +
    `RSS ${after.rssMb.toFixed(0)} MB\n`,
);
const lost = refreshes - registered.successful + calls - called.successful;
const everyone = stats['registeredUsers'] === Math.min(users, refreshes);
process.exit(lost === 0 && everyone ? 0 : 1);
