// Many listeners of /api/v1/events, in a process of its own: connects them all, says so, and when a
// line comes in says what was delivered since and how late. Arguments: address, key, how many.
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

const [url = '', key = '', wanted = '1'] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const EVENT = Buffer.from('event: callback\n');
const AT = Buffer.from('"at":"');
const TIME_LENGTH = '2026-01-01T00:00:00.000Z'.length;
/** Each so many-th listener reads times, too: reading them all would measure the reader. */
const TIMED = Math.max(1, Math.ceil(Number(wanted) / 100));

let delivered = 0;
let lags: number[] = [];

/** Counts what came; a name cut in two is found with what was kept of the packet before. */
function listen(socket: Socket, isTimed: boolean): void {
  let kept: Buffer = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    const data = kept.length === 0 ? bytes : Buffer.concat([kept, bytes]);
    let end = 0;
    for (let at = data.indexOf(EVENT); at >= 0; at = data.indexOf(EVENT, end)) {
      delivered += 1;
      end = at + EVENT.length;
    }
    if (isTimed) readTimes(data);
    kept = data.subarray(Math.max(end, data.length - EVENT.length + 1));
  });
}

function readTimes(data: Buffer): void {
  const nowMs = Date.now();
  for (let at = data.indexOf(AT); at >= 0; at = data.indexOf(AT, at + 1)) {
    const begin = at + AT.length;
    const atMs = Date.parse(data.toString('latin1', begin, begin + TIME_LENGTH));
    if (Number.isFinite(atMs)) lags.push(nowMs - atMs);
  }
}

async function open(index: number): Promise<Socket> {
  const socket = connect(Number(port), hostname);
  socket.on('error', () => socket.destroy());
  const head = [`GET /api/v1/events?type=callback HTTP/1.1`, `Host: ${hostname}`];
  socket.write(`${[...head, `Authorization: Bearer ${key}`].join('\r\n')}\r\n\r\n`);
  await new Promise((resolve, reject) => {
    socket.once('data', resolve);
    socket.once('close', () => reject(new Error(`listener ${index} was refused`)));
  });
  listen(socket, index % TIMED === 0);
  return socket;
}

const sockets: Socket[] = [];
const AT_ONCE = 50;
for (let first = 0; first < Number(wanted); first += AT_ONCE) {
  const size = Math.min(AT_ONCE, Number(wanted) - first);
  const group = Array.from({ length: size }, (_, n) => open(first + n));
  sockets.push(...(await Promise.all(group)));
}
process.stdout.write(`${JSON.stringify({ open: sockets.length })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'end') break;
  lags.sort((a, b) => a - b);
  const lagMs = (share: number): number => lags[Math.floor(share * lags.length)] ?? 0;
  const alive = sockets.filter((socket) => !socket.destroyed).length;
  const said = { delivered, alive, lagP50Ms: lagMs(0.5), lagP99Ms: lagMs(0.99) };
  process.stdout.write(`${JSON.stringify(said)}\n`);
  delivered = 0;
  lags = [];
}
process.exit(0);
