// The SIP engine as a process of its own, so that its CPU time is not mixed with anybody else's.
// Prints one JSON line: the addresses it listens on. Ends with its standard input.
import { liveClock, liveIds, liveRng, silentLog } from '../../core/live.ts';
import { startEngine } from '../../sip/engine.ts';
import { keepHeapSmall } from '../../sip/heap.ts';

const [secret = ''] = process.argv.slice(2);

keepHeapSmall();
const engine = await startEngine(
  {
    listen: [{ protocol: 'udp', host: '127.0.0.1', port: 0 }],
    externalHost: null,
    control: { host: '127.0.0.1', port: 0, secret },
    timers: { t1Ms: 500, t2Ms: 4_000, t4Ms: 5_000 },
    trace: false,
  },
  { clock: liveClock, rng: liveRng, ids: liveIds, log: silentLog },
);
process.stdout.write(
  `${JSON.stringify({ control: engine.control, listening: engine.listening })}\n`,
);
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
