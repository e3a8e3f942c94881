// The drachtio-srf application of the benchmark: answers every call, or places calls at a rate.
//   node bench/sip/app.ts answer CONTROL_PORT SECRET
//   node bench/sip/app.ts place CONTROL_PORT SECRET TARGET_PORT CALLS_PER_SECOND SECONDS
// `place` prints one JSON line with counts and answer latencies. Ends with its standard input.
import Srf from 'drachtio-srf';

const SDP =
  'v=0\r\no=bench 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n' +
  'm=audio 20000 RTP/AVP 0\r\n';

interface Dialog {
  destroy(): Promise<unknown>;
  on(event: string, listener: () => void): void;
}

/** The few calls of drachtio-srf that the benchmark makes. */
interface BenchSrf {
  connect(options: object): void;
  on(event: string, listener: (error?: Error) => void): void;
  invite(handler: (req: object, res: object) => void): void;
  createUAS(req: object, res: object, options: object): Promise<Dialog>;
  createUAC(uri: string, options: object): Promise<Dialog>;
}

const [mode = '', port = '', secret = '', ...rest] = process.argv.slice(2);
const srf = new Srf() as unknown as BenchSrf;
srf.on('error', () => process.exit(1));
srf.connect({ host: '127.0.0.1', port: Number(port), secret });
srf.on('connect', (error) => {
  if (error) process.exit(1);
  if (mode === 'answer') process.stdout.write('{"ready":true}\n');
  else void place();
});
if (mode === 'answer') {
  srf.invite((req, res) => {
    srf.createUAS(req, res, { localSdp: SDP }).catch(() => undefined);
  });
}
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));

async function place(): Promise<void> {
  const [targetPort = '', rate = '', seconds = ''] = rest;
  const total = Number(rate) * Number(seconds);
  const latenciesMs: number[] = [];
  let failed = 0;
  const startMs = performance.now();
  const calls: Promise<void>[] = [];
  for (let n = 0; n < total;) {
    const dueCount = Math.min(
      total,
      Math.floor(((performance.now() - startMs) / 1_000) * Number(rate)),
    );
    for (; n < dueCount; n += 1) calls.push(one(Number(targetPort)));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await Promise.all(calls);
  latenciesMs.sort((a, b) => a - b);
  const at = (share: number) => latenciesMs[Math.floor(latenciesMs.length * share)] ?? 0;
  const figures = { total, failed, p50Ms: at(0.5), p99Ms: at(0.99) };
  process.stdout.write(`${JSON.stringify(figures)}\n`);

  async function one(to: number): Promise<void> {
    const sentMs = performance.now();
    try {
      const dialog = await srf.createUAC(`sip:bench@127.0.0.1:${to}`, { localSdp: SDP });
      latenciesMs.push(performance.now() - sentMs);
      await dialog.destroy();
    } catch {
      failed += 1;
    }
  }
}
