// A media worker's thread: puts a room on the message port and a drift-free 20 ms tick under it.
import { parentPort, workerData } from 'node:worker_threads';
import { liveClock, liveRng } from '../../core/live.ts';
import { PTIME_MS } from '../sdp/model.ts';
import { Lateness } from './lateness.ts';
import { Pacer } from './pacer.ts';
import type { Command, Report, WorkerBirth } from './protocol.ts';
import { Room } from './room.ts';

const port = parentPort;
if (port === null) throw new Error('media/worker/main.ts runs as a worker thread only');

const tell = (report: Report): void => port.postMessage(report);
const room = new Room(workerData as WorkerBirth, {
  random: () => liveRng.next(),
  nowMs: () => liveClock.monotonicMs(),
  wallMs: () => liveClock.nowMs(),
  tell,
});

const pacer = new Pacer(liveClock.monotonicMs(), PTIME_MS);
let timer: NodeJS.Timeout | undefined;

const lateness = new Lateness();
const LOAD_EVERY_MS = 1_000;
let loadAtMs = liveClock.monotonicMs() + LOAD_EVERY_MS;
let utilization = performance.eventLoopUtilization();

function tellLoad(nowMs: number): void {
  loadAtMs = nowMs + LOAD_EVERY_MS;
  const before = utilization;
  utilization = performance.eventLoopUtilization();
  const busy = performance.eventLoopUtilization(utilization, before).utilization;
  lateness.take();
  tell({ type: 'load', meanLateMs: lateness.meanMs, worstLateMs: lateness.worstMs, busy });
}

function wake(): void {
  const nowMs = liveClock.monotonicMs();
  const { run, skipped } = pacer.due(nowMs);
  // The oldest tick of a burst is the late one.
  if (run > 0) lateness.add(pacer.lateMs(nowMs) + (run - 1 + skipped) * PTIME_MS);
  if (nowMs >= loadAtMs) tellLoad(nowMs);
  for (let i = 0; i < run; i++) {
    room.tick(liveClock.monotonicMs(), i === 0 ? skipped : 0, i > 0);
  }
  timer = setTimeout(wake, pacer.sleepMs(liveClock.monotonicMs()));
}

async function stop(): Promise<void> {
  clearTimeout(timer);
  await room.stop();
  port?.close();
}

port.on('message', (command: Command) => {
  if (command.type === 'stop') void stop();
  else room.handle(command);
});
wake();
tell({ type: 'ready' });
