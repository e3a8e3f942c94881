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
/** Read once for each batch: what is taken at one look arrived at one time. */
let nowMs = liveClock.monotonicMs();
const room = new Room(birth, {
  random: () => liveRng.next(),
  nowMs: transport.polled ? () => nowMs : () => liveClock.monotonicMs(),
  wallMs: () => liveClock.nowMs(),
  tell,
  transport,
});

const pacer = new Pacer(nowMs, STEP_MS, PHASES);
let timer: NodeJS.Timeout | undefined;

const lateness = new Lateness();
const LOAD_EVERY_MS = 1_000;
let loadAtMs = nowMs + LOAD_EVERY_MS;
let utilization = performance.eventLoopUtilization();

function tellLoad(): void {
  loadAtMs = nowMs + LOAD_EVERY_MS;
  const before = utilization;
  utilization = performance.eventLoopUtilization();
  const busy = performance.eventLoopUtilization(utilization, before).utilization;
  lateness.take();
  tell({ type: 'load', meanLateMs: lateness.meanMs, worstLateMs: lateness.worstMs, busy });
}

/** How often arrivals are looked for: with few legs a waking costs more than what it finds. */
function pollMs(legs: number): number {
  if (legs < 300) return 4;
  return legs < 1_200 ? 2 : 1;
}

/** Who polls lets steps wait for the next waking. */
function sleepMs(): number {
  if (transport.polled && room.legCount > 0) return pollMs(room.legCount);
  return pacer.sleepMs(liveClock.monotonicMs(), room.stepsAfter(pacer.phase));
}

function wake(): void {
  nowMs = liveClock.monotonicMs();
  transport.poll();
  nowMs = liveClock.monotonicMs();
  const due = pacer.due(nowMs);
  const lateMs = pacer.tickLateMs(due, nowMs);
  if (lateMs !== null) lateness.add(lateMs);
  if (nowMs >= loadAtMs) tellLoad();
  for (let i = 0; i < due.run; i++) {
    const again = i >= PHASES;
    const phase = (due.phase + i) % PHASES;
    room.step(phase, nowMs, again ? 0 : due.skipped, again);
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
  nowMs = liveClock.monotonicMs();
  if (command.type === 'stop') void stop();
  else room.handle(command);
});
wake();
tell({ type: 'ready', sockets: transport.kind, fallback });
