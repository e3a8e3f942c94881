// The registrar and the inbound application over a durable store, as a process of its own, for the
// benchmark of registrations. Prints one JSON line when it listens. Ends with its standard input.
//   node bench/sip/site.ts FOLDER USERS REALM PASSWORD
import { join } from 'node:path';
import { liveClock, liveIds, liveRng, silentLog } from '../../core/live.ts';
import { createSip, sqliteRegistrarStore } from '../../sip/index.ts';

const [folder = '', users = '0', realm = '', password = ''] = process.argv.slice(2);
const SDP =
  'v=0\r\no=bench 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n' +
  'm=audio 20000 RTP/AVP 0\r\n';

const sip = createSip(
  {
    engine: {
      listen: [{ protocol: 'udp', host: '127.0.0.1', port: 0 }],
      externalHost: null,
      control: { host: '127.0.0.1', port: 0, secret: 'bench' },
      timers: { t1Ms: 500, t2Ms: 4_000, t4Ms: 5_000 },
      trace: false,
    },
    engineInWorker: true,
    trunks: [
      {
        name: 'bench',
        host: '127.0.0.2',
        port: 5060,
        protocol: 'udp',
        credentials: null,
        inboundFrom: ['127.0.0.2'],
        callerId: '+12025550100',
        numberFormat: 'e164',
        country: 'US',
      },
    ],
    registrar: {
      realm,
      minExpiresSeconds: 30,
      maxExpiresSeconds: 3_600,
      defaultExpiresSeconds: 60,
      maxContactsPerUser: 5,
      nonceTtlSeconds: 300,
    },
    maxCalls: 5_000,
  },
  {
    clock: liveClock,
    rng: liveRng,
    ids: liveIds,
    log: silentLog,
    registrarStore: sqliteRegistrarStore(join(folder, 'registrations.sqlite')),
  },
);
sip.onInbound((call) => {
  const events = {
    ended: () => undefined,
    offered: () => null,
    info: () => undefined,
    lateAnswer: () => undefined,
  };
  call.answer(SDP, events).catch(() => undefined);
});
const { listening } = await sip.start();
for (let n = 0; n < Number(users); n += 1) sip.putSubscriber(`user${n}`, password);
process.stdout.write(`${JSON.stringify({ port: listening[0]?.port })}\n`);

process.stdin.resume();
process.stdin.on('data', () => {
  void sip.stats().then((stats) => process.stdout.write(`${JSON.stringify(stats)}\n`));
});
process.stdin.on('end', () => process.exit(0));
