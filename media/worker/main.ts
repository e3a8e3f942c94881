// A media worker's thread: puts a room on the message port and a drift-free 20 ms tick under it.
import { parentPort, workerData } from 'node:worker_threads';
import { liveClock, liveRng } from '../../core/live.ts';
import { PTIME_MS } from '../sdp/model.ts';
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

function wake(): void {
  const { run, skipped } = pacer.due(liveClock.monotonicMs());
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
