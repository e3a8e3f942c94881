// A UDP relay between a caller and a target that loses, repeats and reorders chosen SIP messages.
// It puts itself into every Contact, so that requests inside a dialog pass it as well.
import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import type { HostPort } from './phone/message.ts';

export type RelayDirection = 'to-target' | 'from-target';

/** Asked for every datagram; `n` counts from 1 in each direction. */
export type RelayChoice = (n: number, message: string, direction: RelayDirection) => boolean;

export interface LossyOptions {
  readonly target: HostPort;
  readonly host?: string;
  readonly drop?: RelayChoice;
  readonly duplicate?: RelayChoice;
  /** Sent right after the next message of its direction instead of now. */
  readonly postpone?: RelayChoice;
}

export interface LossyRelay {
  /** Where callers send to reach the target. */
  readonly address: HostPort;
  /** Start lines of what was lost, in order. */
  readonly dropped: readonly string[];
  close(): void;
}

async function bound(host: string): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, host, resolve);
  });
  socket.on('error', () => undefined);
  return socket;
}

function startLineOf(message: string): string {
  return message.slice(0, message.indexOf('\r\n'));
}

/** Puts the relay's own address into the Contact, so that the other side answers through it. */
function throughUs(message: string, us: HostPort): string {
  const [head = '', ...body] = message.split('\r\n\r\n');
  const changed = head.replace(
    /^((?:contact|m)\s*:.*?sips?:(?:[^@>\r\n]*@)?)[^;>\s\r\n]+/gim,
    (_all, before: string) => `${before}${us.host}:${us.port}`,
  );
  return [changed, ...body].join('\r\n\r\n');
}

/** Opens a relay in front of `target`. The last caller heard of gets what the target sends. */
export async function lossyRelay(options: LossyOptions): Promise<LossyRelay> {
  const host = options.host ?? '127.0.0.1';
  const [outside, inside] = [await bound(host), await bound(host)];
  const dropped: string[] = [];
  let caller: HostPort | null = null;

  const forward = (direction: RelayDirection, through: Socket, face: Socket) => {
    let count = 0;
    let held: string | null = null;
    const choose = (choice: RelayChoice | undefined, message: string) =>
      choice?.(count, message, direction) ?? false;
    return (message: string, to: HostPort) => {
      count++;
      if (choose(options.drop, message)) {
        dropped.push(startLineOf(message));
        return;
      }
      const changed = throughUs(message, { host, port: face.address().port });
      if (held === null && choose(options.postpone, message)) {
        held = changed;
        return;
      }
      const copies = choose(options.duplicate, message) ? [changed, changed] : [changed];
      if (held !== null) copies.push(held);
      held = null;
      for (const copy of copies) through.send(copy, to.port, to.host);
    };
  };

  const toTarget = forward('to-target', inside, inside);
  const fromTarget = forward('from-target', outside, outside);
  outside.on('message', (bytes, source) => {
    caller = { host: source.address, port: source.port };
    toTarget(bytes.toString(), options.target);
  });
  inside.on('message', (bytes) => {
    if (caller) fromTarget(bytes.toString(), caller);
  });
  return {
    address: { host, port: outside.address().port },
    dropped,
    close: () => {
      outside.close();
      inside.close();
    },
  };
}
