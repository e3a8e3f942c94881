// A media worker whose thread is held up for 300 of every 320 ms once it is told: what too many
// calls, or a neighbour on the same processor, do to it. Sleeps, so that nobody else is held up.
import { parentPort } from 'node:worker_threads';
import '../../../media/worker/main.ts';

const never = new Int32Array(new SharedArrayBuffer(4));

function holdUp(): void {
  Atomics.wait(never, 0, 0, 300);
  setTimeout(holdUp, 20);
}

parentPort?.on('message', (message: { type: string }) => {
  if (message.type === 'hold-up') holdUp();
});
