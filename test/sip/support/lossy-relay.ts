// A relay between two UDP ports that loses what it is told to lose, and remembers what passed.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { TestContext } from 'node:test';

export interface Passed {
  readonly text: string;
  readonly from: 'a' | 'b';
  readonly lost: boolean;
}

export interface LossyRelay {
  readonly port: number;
  readonly passed: readonly Passed[];
}

/**
 * Relays datagrams between ports `a` and `b` of 127.0.0.1. `loses` sees each message and how many
 * with the same start line and CSeq from the same side came before it.
 */
export async function openLossyRelay(
  t: TestContext,
  ports: { readonly a: number; readonly b: number },
  loses: (text: string, earlier: number) => boolean,
): Promise<LossyRelay> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => socket.close());
  const passed: Passed[] = [];
  const seen = new Map<string, number>();
  socket.on('message', (data, source) => {
    const text = data.toString('utf8');
    const from = source.port === ports.a ? 'a' : 'b';
    const cseq = /^CSeq: .*$/m.exec(text)?.[0] ?? '';
    const key = `${from} ${text.split('\r\n', 1)[0]} ${cseq}`;
    const earlier = seen.get(key) ?? 0;
    seen.set(key, earlier + 1);
    const lost = loses(text, earlier);
    passed.push({ text, from, lost });
    if (!lost) socket.send(data, from === 'a' ? ports.b : ports.a, '127.0.0.1');
  });
  return { port: socket.address().port, passed };
}
