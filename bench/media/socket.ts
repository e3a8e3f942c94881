// UDP sockets on the loopback address, whose sends never leave the stack to resolve a name.
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';

export async function openSocket(): Promise<Socket> {
  const socket = createSocket({
    type: 'udp4',
    lookup: (host, _options, answer) => answer(null, host, 4),
  });
  // Bound before `bind` returns, as there is nothing to resolve.
  const listening = once(socket, 'listening');
  socket.bind(0, '127.0.0.1');
  await listening;
  socket.on('error', () => undefined);
  return socket;
}
