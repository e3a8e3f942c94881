// What is left behind after hours of calls: ports, sockets, threads, bytes, before and after.
//   npm run bench:media-soak -- [--minutes 5 | --hours 2] [--calls 100]
// So many bridged calls at once, with sound; each lasts 2 to 12 s and is then replaced by another.
// Some are recorded, detected, played to. At the end everything rests, and is counted again.
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { RingbackError } from '../core/errors.ts';
import { liveClock, liveRng, silentLog } from '../core/live.ts';
import { createMedia } from '../media/index.ts';
import type { MediaLeg, MediaRecording } from '../media/index.ts';
import { mediaOptions } from './media/options.ts';
import { openSocket } from './media/socket.ts';

const SOCKETS = 8;
const PTIME_MS = 20;
const PORT_REST_MS = 1_000;
const TELL_MS = 30_000;
const SOUND = new URL('../test/support/speech/agent-talk.wav', import.meta.url).pathname;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    hours: { type: 'string' },
    calls: { type: 'string', default: '100' },
  },
});
const calls = Number(values.calls);
const minutes = values.hours === undefined ? Number(values.minutes) : 60 * Number(values.hours);

interface Call {
  readonly legs: readonly MediaLeg[];
  readonly recording: MediaRecording | null;
  readonly endsAtMs: number;
}

/** What must not grow. */
interface Holdings {
  readonly sockets: number;
  readonly files: number;
  readonly rssMb: number;
  readonly heapMb: number;
  readonly legs: number;
  readonly portsTaken: number;
  readonly recordings: number;
}

const folder = mkdtempSync(join(tmpdir(), 'ringback-soak-'));
const deps = { clock: liveClock, rng: liveRng, log: silentLog };
const media = createMedia(mediaOptions(folder, PORT_REST_MS), deps);
await media.start();
const sockets = await Promise.all(Array.from({ length: SOCKETS }, openSocket));
let heard = 0;
for (const socket of sockets) socket.on('message', () => heard++);
const live: Call[] = [];
const faults: string[] = [];
let opened = 0;
let refused = 0;

async function holdings(): Promise<Holdings> {
  globalThis.gc?.();
  const names = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  const { rss, heapUsed } = process.memoryUsage();
  const { legs = 0, portsTaken = 0, recordings = 0 } = await media.stats();
  return {
    sockets: names.filter((name) => name.startsWith('socket:')).length,
    files: names.filter((name) => name.startsWith('/')).length,
    rssMb: Math.round(rss / 2 ** 20),
    heapMb: Math.round(heapUsed / 2 ** 20),
    legs,
    portsTaken,
    recordings,
  };
}

function sdp(port: number): string {
  const lines = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'];
  return [...lines, `m=audio ${port} RTP/AVP 0`, ''].join('\r\n');
}

async function openCall(nowMs: number): Promise<void> {
  const number = opened++;
  const legs: MediaLeg[] = [];
  for (const side of [0, 1]) {
    const lost = (reason: string): void => void faults.push(reason);
    const leg = await media.openLeg(`${number}-${side}`, `call-${number}`, { lost });
    leg.offer();
    leg.acceptAnswer(sdp(sockets[(2 * number + side) % SOCKETS]!.address().port));
    legs.push(leg);
  }
  if (number % 4 === 0) legs[0]!.play({ sources: [{ kind: 'file', path: SOUND }], loop: false });
  else media.bridge(`${number}-0`, `${number}-1`);
  if (number % 5 === 0) legs[0]!.detect('after-answer');
  const ends = { leftLegId: `${number}-0`, rightLegId: `${number}-1` };
  const recording = number % 10 === 0 ? media.record({ fileName: `${number}.wav`, ...ends }) : null;
  live.push({ legs, recording, endsAtMs: nowMs + 2_000 + Math.random() * 10_000 });
}

async function closeCall({ legs, recording }: Call): Promise<void> {
  for (const leg of legs) leg.close();
  if (recording === null) return;
  await recording.stop();
  rmSync(recording.path);
}

const packet = Buffer.alloc(172, 0x55);
packet[0] = 0x80;
packet[1] = 0;
let turn = 0;

function speak(): void {
  turn += 1;
  packet.writeUInt16BE(turn & 0xffff, 2);
  packet.writeUInt32BE((turn * 160) >>> 0, 4);
  for (const { legs } of live) {
    for (const { rtpPort, legId } of legs) {
      const [number = 0, side = 0] = legId.split('-').map(Number);
      sockets[(2 * number + side) % SOCKETS]!.send(packet, rtpPort, '127.0.0.1');
    }
  }
}

/** A machine that is too busy for a moment is no fault: the call is left out. */
function overloaded(fault: unknown): void {
  if (!(fault instanceof RingbackError) || fault.code !== 'MEDIA_OVERLOADED') throw fault;
  refused++;
}

/** Calls come and go until then. */
async function carryOn(untilMs: number): Promise<void> {
  let speakAtMs = performance.now();
  let tellAtMs = speakAtMs + TELL_MS;
  for (let nowMs = speakAtMs; nowMs < untilMs; nowMs = performance.now()) {
    if (live.length < calls) await openCall(nowMs).catch(overloaded);
    const over = live.findIndex(({ endsAtMs }) => endsAtMs <= nowMs);
    if (over >= 0) await closeCall(live.splice(over, 1)[0]!);
    if (nowMs >= speakAtMs) {
      speakAtMs = Math.max(speakAtMs + PTIME_MS, nowMs - 5 * PTIME_MS);
      speak();
    }
    if (nowMs >= tellAtMs) {
      tellAtMs += TELL_MS;
      console.log(`${opened} calls`, JSON.stringify(await holdings()));
    }
    if (live.length >= calls) await sleep(Math.max(1, speakAtMs - performance.now()));
  }
}

/** Everything closed and counted. */
async function rested(): Promise<Holdings> {
  for (const call of live.splice(0)) await closeCall(call);
  await sleep(2 * PORT_REST_MS);
  return holdings();
}

// The first minute's calls fill pools and caches that stay: they are not what is looked for.
const startedAtMs = performance.now();
await carryOn(startedAtMs + Math.min(60_000, minutes * 12_000));
const before = await rested();
await carryOn(startedAtMs + minutes * 60_000);
const after = await rested();
console.log(
  `\n${opened} calls in ${minutes} minutes, ${heard} packets heard, ${refused} calls refused`,
);
console.table({ before, after });
const leaks = (['sockets', 'files', 'legs', 'portsTaken', 'recordings'] as const).filter(
  (name) => after[name] > before[name],
);
for (const name of leaks) console.log(`LEFT BEHIND: ${name}`);
for (const fault of faults) console.log(`FAULT: ${fault}`);
for (const socket of sockets) socket.close();
await media.stop();
rmSync(folder, { recursive: true });
process.exit(leaks.length + faults.length === 0 ? 0 : 1);
