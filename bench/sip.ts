// How many calls the SIP engine carries, beside Debian's kamailio in the same run.
//   npm run bench:sip -- [--rates 200,500,1000,1500,2000] [--seconds 10] [--json FILE]
// Inbound: SIPp calls, a drachtio-srf application answers. Outbound: the application calls SIPp.
// Kamailio relays the same calls between two SIPp. CPU is user + system time of each process.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findTool, freePort, udpListening } from '../test/support/tools.ts';
import { until } from '../test/support/until.ts';
import { startKamailio } from './sip/kamailio.ts';
import { runLoad, startCallee } from './sip/load.ts';
import type { Usage } from './sip/processes.ts';
import { Measured } from './sip/processes.ts';

const HERE = join(import.meta.dirname, 'sip');
const SECRET = 'bench';

interface Row {
  readonly what: string;
  readonly callsPerSecond: number;
  readonly calls: number;
  readonly failed: number;
  readonly retransmissions: number;
  /** CPU per call of the engine (or kamailio), and of the application. */
  readonly engineMsPerCall: number;
  readonly appMsPerCall: number | null;
  readonly rssMb: number;
  readonly answerMs: string;
}

interface EngineLine {
  readonly control: { readonly port: number };
  readonly listening: readonly { readonly port: number }[];
}

const { values } = parseArgs({
  options: {
    rates: { type: 'string', default: '200,500,1000,1500,2000' },
    seconds: { type: 'string', default: '10' },
    json: { type: 'string' },
  },
});
const rates = values.rates.split(',').map(Number);
const seconds = Number(values.seconds);

function perCall(before: Usage, after: Usage, calls: number): number {
  return (after.cpuMs - before.cpuMs) / Math.max(1, calls);
}

/**
 * Runs the rates upwards; stops after the first one that fails calls. The first rate is run once
 * before, unmeasured: what is measured is code that is compiled, as after a minute of any service.
 */
async function climb(run: (rate: number) => Promise<Row>): Promise<Row[]> {
  const rows: Row[] = [];
  await run(rates[0] ?? 0);
  for (const rate of rates) {
    const row = await run(rate);
    rows.push(row);
    process.stderr.write(`${line(row)}\n`);
    if (row.failed > 0) break;
  }
  return rows;
}

async function inbound(): Promise<Row[]> {
  const engine = new Measured(process.execPath, [join(HERE, 'engine.ts'), SECRET]);
  const { control, listening } = await engine.json<EngineLine>();
  const app = new Measured(process.execPath, [
    join(HERE, 'app.ts'),
    'answer',
    String(control.port),
    SECRET,
  ]);
  await app.json();
  const rows = await climb(async (rate) => {
    const [engineBefore, appBefore] = [engine.usage(), app.usage()];
    const load = await runLoad({
      targetPort: listening[0]?.port ?? 0,
      localPort: await freePort('127.0.0.1'),
      callsPerSecond: rate,
      seconds,
    });
    return {
      what: 'ringback answers',
      callsPerSecond: rate,
      calls: load.calls,
      failed: load.failed,
      retransmissions: load.retransmissions,
      engineMsPerCall: perCall(engineBefore, engine.usage(), load.calls),
      appMsPerCall: perCall(appBefore, app.usage(), load.calls),
      rssMb: engine.usage().rssMb,
      answerMs: load.responseMs === null ? '-' : load.responseMs.toFixed(1),
    };
  });
  await Promise.all([engine.stop(), app.stop()]);
  return rows;
}

async function outbound(): Promise<Row[]> {
  const engine = new Measured(process.execPath, [join(HERE, 'engine.ts'), SECRET]);
  const { control } = await engine.json<EngineLine>();
  const target = await startCallee();
  const rows = await climb(async (rate) => {
    const before = engine.usage();
    const args = ['place', control.port, SECRET, target.port, rate, seconds].map(String);
    const app = new Measured(process.execPath, [join(HERE, 'app.ts'), ...args]);
    const start = app.usage();
    const done = await app.json<{ total: number; failed: number; p50Ms: number; p99Ms: number }>();
    const row = {
      what: 'ringback calls',
      callsPerSecond: rate,
      calls: done.total - done.failed,
      failed: done.failed,
      retransmissions: 0,
      engineMsPerCall: perCall(before, engine.usage(), done.total),
      appMsPerCall: perCall(start, app.usage(), done.total),
      rssMb: engine.usage().rssMb,
      answerMs: `${done.p50Ms.toFixed(1)} / ${done.p99Ms.toFixed(1)}`,
    };
    await app.stop();
    return row;
  });
  target.stop();
  await engine.stop();
  return rows;
}

async function yardstick(): Promise<Row[]> {
  if (findTool('kamailio', `${process.env['PATH'] ?? ''}:/usr/sbin`) === null) return [];
  const target = await startCallee();
  const port = await freePort('127.0.0.1');
  const kamailio = startKamailio(port, target.port);
  await until('kamailio to listen', () => udpListening('127.0.0.1', port));
  const rows = await climb(async (rate) => {
    const before = kamailio.process.usage();
    const localPort = await freePort('127.0.0.1');
    const load = await runLoad({ targetPort: port, localPort, callsPerSecond: rate, seconds });
    const after = kamailio.process.usage();
    return {
      what: 'kamailio relays',
      callsPerSecond: rate,
      calls: load.calls,
      failed: load.failed,
      retransmissions: load.retransmissions,
      engineMsPerCall: perCall(before, after, load.calls),
      appMsPerCall: null,
      rssMb: after.rssMb,
      answerMs: load.responseMs === null ? '-' : load.responseMs.toFixed(1),
    };
  });
  target.stop();
  await kamailio.stop();
  return rows;
}

function line(row: Row): string {
  return [
    row.what.padEnd(17),
    `${row.callsPerSecond} cps`.padStart(9),
    `${row.calls} ok`.padStart(10),
    `${row.failed} failed`.padStart(10),
    `${row.retransmissions} rtx`.padStart(9),
    `engine ${row.engineMsPerCall.toFixed(3)} ms/call`.padStart(22),
    (row.appMsPerCall === null ? '' : `app ${row.appMsPerCall.toFixed(3)}`).padStart(10),
    `${row.rssMb.toFixed(0)} MB`.padStart(8),
    `answer ${row.answerMs} ms`,
  ].join(' ');
}

if (findTool('sipp') === null) throw new Error('sipp is not installed: node scripts/deps.ts');
const rows = [...(await inbound()), ...(await outbound()), ...(await yardstick())];
const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`;
process.stdout.write(`\n${machine}, ${seconds} s for each rate\n${rows.map(line).join('\n')}\n`);
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify({ machine, seconds, rows }, null, 2)}\n`);
}
process.exit(0);
