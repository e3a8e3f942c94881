// Events over WebSocket (RFC 6455): one JSON text for each event, ping and pong, and a listener
// that does not keep up is asked to come back, which costs it nothing: it says where it was.
import { WebSocket, WebSocketServer } from 'ws';
import type { Log } from '../../core/ports.ts';
import type { Follower } from './follower.ts';
import { eventText } from './text.ts';

/** Clients have nothing to say; what they say all the same is not read into memory. */
const MAX_MESSAGE_BYTES = 1_024;

/** Close codes (RFC 6455 s.7.4.1): policy violation, going away, try again later. */
const CLOSE = { policy: 1_008, away: 1_001, later: 1_013 } as const;

/** The server of `ws` that takes over connections; one for each HTTP server. */
export function webSocketServer(): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
  });
}

/** Resolves when the socket is closed and the follower with it. */
export async function serveEvents(
  socket: WebSocket,
  follower: Follower,
  maxBufferedBytes: number,
  log: Log,
): Promise<void> {
  let heard = true;
  socket.on('pong', () => (heard = true));
  socket.on('message', () => socket.close(CLOSE.policy, 'nothing is expected from clients'));
  socket.on('error', (error) => log.debug('event-socket-failed', { error }));
  socket.on('close', () => follower.close());
  if (socket.readyState !== WebSocket.OPEN) follower.close();
  try {
    for (;;) {
      const said = await follower.next();
      if (said === null) return socket.close(CLOSE.away, 'the end of the stream');
      if (said.length === 0) {
        if (!heard) return socket.terminate();
        heard = false;
        socket.ping();
      }
      for (const event of said) await sent(socket, eventText(event), maxBufferedBytes);
    }
  } catch (error) {
    log.warn('event-socket-failed', { error });
    socket.close(CLOSE.later, 'come back');
  } finally {
    follower.close();
  }
}

/** Waits for the peer to read when more than the limit is under way. */
function sent(socket: WebSocket, text: string, maxBufferedBytes: number): Promise<void> {
  if (socket.readyState !== WebSocket.OPEN) return Promise.resolve();
  return new Promise((resolve) => {
    const written = (): void => resolve();
    socket.send(text, written);
    if (socket.bufferedAmount <= maxBufferedBytes) resolve();
    else socket.once('close', resolve);
  });
}
