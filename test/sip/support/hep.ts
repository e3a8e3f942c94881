// A Homer collector for tests: a UDP socket that reads HEP version 3 by itself, chunk by chunk.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import type { TracedMessage } from '../../../sip/index.ts';

/** Chunk type to data, in the order of the packet. */
export type Chunks = ReadonlyMap<number, Buffer>;

export function readHep(packet: Buffer): Chunks {
  if (packet.toString('latin1', 0, 4) !== 'HEP3') throw new Error('not HEP version 3');
  if (packet.readUInt16BE(4) !== packet.length) throw new Error('wrong packet length');
  const chunks = new Map<number, Buffer>();
  for (let at = 6; at < packet.length; at += packet.readUInt16BE(at + 4)) {
    if (packet.readUInt16BE(at) !== 0) throw new Error('not a generic chunk');
    const data = packet.subarray(at + 6, at + packet.readUInt16BE(at + 4));
    chunks.set(packet.readUInt16BE(at + 2), data);
  }
  return chunks;
}

/** The message that a packet carries, as the engine at `ourPorts` would have traced it. */
export function tracedOf(chunks: Chunks, ourPorts: readonly number[]): TracedMessage {
  const chunk = (type: number): Buffer => {
    const data = chunks.get(type);
    if (data === undefined) throw new Error(`no chunk ${type}`);
    return data;
  };
  const source = `${[...chunk(3)].join('.')}:${chunk(7).readUInt16BE()}`;
  const destination = `${[...chunk(4)].join('.')}:${chunk(8).readUInt16BE()}`;
  const isSent = ourPorts.includes(chunk(7).readUInt16BE());
  const text = chunk(15).toString();
  return {
    atMs: chunk(9).readUInt32BE() * 1_000 + chunk(10).readUInt32BE() / 1_000,
    direction: isSent ? 'sent' : 'received',
    protocol: chunk(2)[0] === 17 ? 'udp' : 'tcp',
    local: isSent ? source : destination,
    remote: isSent ? destination : source,
    callId: chunk(17).toString(),
    startLine: text.slice(0, text.indexOf('\r\n')),
    cseq: /^CSeq: (.*)\r$/im.exec(text)?.[1] ?? '',
    text,
  };
}

/** Listens on loopback until the test is over. */
export async function collector(
  t: Pick<TestContext, 'after'>,
  received: (chunks: Chunks) => void,
): Promise<{ readonly host: string; readonly port: number }> {
  const socket: Socket = createSocket('udp4', (packet) => received(readHep(packet)));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => void socket.close());
  return { host: '127.0.0.1', port: socket.address().port };
}
