// A media worker's thread: puts a room on the message port, opens what carries its packets, and
// runs a drift-free 20 ms tick under it, a step every two milliseconds.
import { parentPort, workerData } from 'node:worker_threads';
import { liveClock, liveRng } from '../../core/live.ts';
import { openTransport } from '../transport/open.ts';
import { Lateness } from './lateness.ts';
import { Pacer } from './pacer.ts';
import { PHASES, STEP_MS } from './phases.ts';
import type { Command, Report, WorkerBirth } from './protocol.ts';
import { Room } from './room.ts';

const port = parentPort;
if (port === null) throw new Error('media/worker/main.ts runs as a worker thread only');

const tell = (report: Report): void => port.postMessage(report);
const birth = workerData as WorkerBirth;
const { transport, fallback } = await openTransport(birth.sockets, birth.ledger);
const room = new Room(birth, {
  random: () => liveRng.next(),
  nowMs: () => liveClock.monotonicMs(),
  wallMs: () => liveClock.nowMs(),
  tell,
  transport,
});

const pacer = new Pacer(liveClock.monotonicMs(), STEP_MS, PHASES);
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

/** How often arrivals are looked for: with few legs a waking costs more than what it finds. */
const MANY_LEGS = 400;
const POLL_MS = 2;
const POLL_OFTEN_MS = 1;

function sleepMs(): number {
  const stepMs = pacer.sleepMs(liveClock.monotonicMs(), room.stepsAfter(pacer.phase));
  if (!transport.polled || room.legCount === 0) return stepMs;
  return Math.min(stepMs, room.legCount < MANY_LEGS ? POLL_MS : POLL_OFTEN_MS);
}

function wake(): void {
  transport.poll();
  const nowMs = liveClock.monotonicMs();
  const due = pacer.due(nowMs);
  const lateMs = pacer.tickLateMs(due, nowMs);
  if (lateMs !== null) lateness.add(lateMs);
  if (nowMs >= loadAtMs) tellLoad(nowMs);
  for (let i = 0; i < due.run; i++) {
    const again = i >= PHASES;
    const phase = (due.phase + i) % PHASES;
    room.step(phase, liveClock.monotonicMs(), again ? 0 : due.skipped, again);
  }
  timer = setTimeout(wake, sleepMs());
}

async function stop(): Promise<void> {
  clearTimeout(timer);
  await room.stop();
  transport.close();
  port?.close();
}

port.on('message', (command: Command) => {
  if (command.type === 'stop') void stop();
  else room.handle(command);
});
wake();
tell({ type: 'ready', sockets: transport.kind, fallback });
