// How much sound one media worker carries, beside Debian's rtpengine in user space and a bare relay
// of Node's in the same run.
//   npm run bench:media -- [--full] [--seconds 5] [--bridged 100,400,800] [--beside 100,400]
//     [--announcements 500,1500] [--detections 100,500] [--sockets auto|dgram|ffi] [--profile]
//     [--json FILE]
// Under five minutes by default; --full climbs every step. CPU is user + system time of a process.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findTool, freePort } from '../test/support/tools.ts';
import { profileLines } from './media/profile.ts';
import type { Measurement, Opened, Run, SubjectCommand } from './media/protocol.ts';
import { Rtpengine } from './media/rtpengine.ts';
import { besides, heading, line } from './media/table.ts';
import type { Row } from './media/table.ts';
import { Measured } from './sip/processes.ts';

const HERE = join(import.meta.dirname, 'media');
/** By then V8 has compiled what runs for every packet, on threads of its own. */
const WARM_SECONDS = 4;
/** Beyond this there is no point in going on. */
const HOPELESS_LOSS_PERCENT = 5;

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    seconds: { type: 'string' },
    bridged: { type: 'string' },
    announcements: { type: 'string' },
    detections: { type: 'string' },
    beside: { type: 'string' },
    sockets: { type: 'string', default: 'auto' },
    profile: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

function steps(given: string | undefined, quick: string, full: string): readonly number[] {
  const text = given ?? (values.full ? full : quick);
  return text === '' ? [] : text.split(',').map(Number);
}

const HUNDREDS = '100,200,300,400,500,600,700,800';
const seconds = Number(values.seconds ?? (values.full ? 15 : 5));
const bridged = steps(values.bridged, '100,400,800', HUNDREDS);
const announcements = steps(values.announcements, '500,1500', '250,500,750,1000,1250,1500');
const detections = steps(values.detections, '100,500', '100,200,300,400,500');
const beside = steps(values.beside, '100,400,800', HUNDREDS);

const generator = new Measured(process.execPath, [join(HERE, 'generator.ts')]);
const { ports: sockets } = await generator.json<Opened>();

/** The generator's socket for each of so many streams. */
function peerPorts(streams: number): readonly number[] {
  return Array.from({ length: streams }, (_, i) => sockets[i % sockets.length]!);
}

async function measure(
  what: string,
  count: number,
  subject: Measured,
  run: Pick<Run, 'targets' | 'send'>,
): Promise<Row> {
  const asked: Run = { ...run, seconds, warmSeconds: WARM_SECONDS };
  generator.child.stdin?.write(`${JSON.stringify(asked)}\n`);
  await generator.json();
  const before = subject.usage();
  const startMs = performance.now();
  const measurement = await generator.json<Measurement>();
  const after = subject.usage();
  const cpuPercent = ((after.cpuMs - before.cpuMs) / (performance.now() - startMs)) * 100;
  const row = { what, count, cpuPercent, rssMb: after.rssMb, ...measurement };
  process.stderr.write(`${line(row)}\n`);
  return row;
}

/** Climbs until packets are lost in numbers. */
async function climb(
  counts: readonly number[],
  run: (count: number) => Promise<Row>,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const count of counts) {
    const row = await run(count);
    rows.push(row);
    if (row.lossPercent > HOPELESS_LOSS_PERCENT) break;
  }
  return rows;
}

/** Our own processes, which obey `SubjectCommand`. */
class Subject {
  readonly process: Measured;

  constructor(script: string, flags: readonly string[] = [], args: readonly string[] = []) {
    this.process = new Measured(process.execPath, [...flags, join(HERE, script), ...args]);
  }

  async ask<T>(command: SubjectCommand): Promise<T> {
    this.process.child.stdin?.write(`${JSON.stringify(command)}\n`);
    return this.process.json<T>();
  }

  /** Opens streams, measures, closes them. */
  async row(what: string, kind: 'bridge' | 'announce' | 'detect', count: number): Promise<Row> {
    const streams = kind === 'bridge' ? 2 * count : count;
    const opened = await this.ask<Opened>({ do: kind, peerPorts: peerPorts(streams) });
    const send = { bridge: 'echo', announce: 'nothing', detect: 'speech' } as const;
    const run = { targets: opened.ports, send: send[kind] };
    const row = await measure(what, count, this.process, run);
    await this.ask({ do: 'clear' });
    return row;
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.process.child.once('exit', resolve));
    this.process.child.stdin?.end();
    await ended;
  }
}

async function ringback(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-profile-'));
  const flags = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : [];
  const subject = new Subject('ringback.ts', flags, [values.sockets]);
  const rows = [
    ...(await climb(bridged, (count) => subject.row('ringback bridges', 'bridge', count))),
    ...(await climb(announcements, (count) => subject.row('ringback plays', 'announce', count))),
    ...(await climb(detections, (count) => subject.row('ringback detects', 'detect', count))),
  ];
  await subject.end();
  if (values.profile) process.stdout.write(`\n${profileLines(folder).join('\n')}\n`);
  rmSync(folder, { recursive: true });
  return rows;
}

async function bareRelay(): Promise<readonly Row[]> {
  const subject = new Subject('dgram-relay.ts');
  const rows = await climb(beside, (count) => subject.row('node dgram', 'bridge', count));
  await subject.end();
  return rows;
}

async function yardstick(): Promise<readonly Row[]> {
  if (findTool('rtpengine') === null) {
    process.stderr.write('rtpengine is not installed: apt-get install rtpengine-daemon\n');
    return [];
  }
  const engine = await Rtpengine.start(await freePort('127.0.0.1'));
  const rows = await climb(beside, async (count) => {
    const targets = await engine.bridge(peerPorts(2 * count));
    const row = await measure('rtpengine', count, engine.process, { targets, send: 'echo' });
    await engine.clear();
    return row;
  });
  await engine.stop();
  return rows;
}

const rows = [...(await ringback()), ...(await bareRelay()), ...(await yardstick())];
generator.child.stdin?.end();
const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`;
const report = [heading(), ...rows.map(line), '', ...besides(rows)].join('\n');
process.stdout.write(`\n${machine}, Node ${process.version}, ${seconds} s each\n${report}\n`);
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify({ machine, seconds, rows }, null, 2)}\n`);
}
process.exit(0);
