// The least that a relay in Node can do: a socket for each stream, every datagram on to the other
// one's peer. No check, no number, no clock. Shows what the platform itself costs.
import type { Socket } from 'node:dgram';
import { createInterface } from 'node:readline';
import type { SubjectCommand } from './protocol.ts';
import { openSocket } from './socket.ts';

let sockets: Socket[] = [];

async function bridge(peerPorts: readonly number[]): Promise<number[]> {
  sockets = await Promise.all(peerPorts.map(openSocket));
  sockets.forEach((socket, i) => {
    const other = sockets[i ^ 1]!;
    const port = peerPorts[i ^ 1]!;
    socket.on('message', (datagram) => other.send(datagram, port, '127.0.0.1'));
  });
  return sockets.map((socket) => socket.address().port);
}

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as SubjectCommand;
  let answer = {};
  if (command.do === 'bridge') answer = { ports: await bridge(command.peerPorts) };
  else for (const socket of sockets) socket.close();
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
