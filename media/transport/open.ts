// Which sockets a media thread uses: those of the C library where they are shown to work, otherwise
// node:dgram.
import { setTimeout as sleep } from 'node:timers/promises';
import { dgramTransport } from './dgram.ts';
import { EpollTransport } from './epoll.ts';
import { FdLedger } from './ledger.ts';
import { loadLibc } from './libc.ts';
import type { SocketsChoice, Transport } from './types.ts';

const LOOPBACK = '127.0.0.1';
const TRIES = 100;
const TRY_MS = 5;

export interface OpenedTransport {
  readonly transport: Transport;
  /** Why it is not the C library's, though it might have been; null: as asked for. */
  readonly fallback: string | null;
}

/**
 * @param ledgerMemory where open descriptors are noted; see FdLedger
 * @throws Error with the reason when `ffi` is asked for and does not work
 */
export async function openTransport(
  choice: SocketsChoice,
  ledgerMemory: SharedArrayBuffer,
): Promise<OpenedTransport> {
  if (choice === 'dgram') return { transport: dgramTransport, fallback: null };
  try {
    const transport = new EpollTransport(loadLibc(), new FdLedger(ledgerMemory));
    if (await carries(transport)) return { transport, fallback: null };
    transport.close();
    throw new Error('no datagram came back in a trial');
  } catch (fault) {
    if (choice === 'ffi') throw fault;
    const fallback = fault instanceof Error ? fault.message : String(fault);
    return { transport: dgramTransport, fallback };
  }
}

/** Whether a datagram arrives as it was sent, and is answered in the buffer it came in. */
async function carries(transport: EpollTransport): Promise<boolean> {
  const asker = transport.open(LOOPBACK, 0);
  const answerer = transport.open(LOOPBACK, 0);
  let answer = '';
  answerer?.onDatagram((datagram, { address, port }) => {
    datagram[0] = (datagram[0] ?? 0) + 1;
    answerer.send(datagram, port, address);
  });
  asker?.onDatagram((datagram, { address, port }) => {
    if (address === LOOPBACK && port === answerer?.port) answer = datagram.toString('latin1');
  });
  if (asker !== null && answerer !== null) {
    asker.send(Buffer.from('a datagram'), answerer.port, LOOPBACK);
    for (let tries = 0; tries < TRIES && answer === ''; tries++) {
      transport.poll();
      if (answer === '') await sleep(TRY_MS);
    }
  }
  asker?.close();
  answerer?.close();
  return answer === 'b datagram';
}
