// The port between legs and the network: pairs of UDP sockets, one for RTP and one for RTCP.
// Adapters: dgram.ts (Node's own sockets) and epoll.ts (the C library's). Types only.

/** Where a datagram came from; whoever needs it later copies it. */
export interface Source {
  /** A literal, as the system writes it. */
  readonly address: string;
  readonly port: number;
}

/**
 * Takes one datagram. It belongs to the callee for the length of the call: it may be changed and
 * sent on, and must not be kept.
 */
export type Receive = (datagram: Buffer, source: Source) => void;

export interface DatagramSocket {
  /** Who takes what arrives; said once, before anything arrives. */
  onDatagram(receive: Receive): void;
  /**
   * Sends, or drops: RTP is not worth a wait. The datagram must not be changed for 100 ms, unless
   * it is one just received.
   * @param host a literal address
   */
  send(datagram: Buffer, port: number, host: string): void;
}

export interface SocketPair {
  readonly rtp: DatagramSocket;
  readonly rtcp: DatagramSocket;
  /** Resolves when both are closed and their ports can be bound again. */
  close(): Promise<void>;
}

export interface Transport {
  readonly kind: 'dgram' | 'ffi';
  /** Whether datagrams are handed over by `poll` only; otherwise they come by themselves. */
  readonly polled: boolean;
  /**
   * Binds `rtpPort` and the next one. Rejects with the system's error (`EADDRINUSE` ...), with
   * nothing left open.
   */
  openPair(host: string, rtpPort: number): Promise<SocketPair>;
  /** Hands over what has arrived. */
  poll(): void;
  /** Ends it, with whatever is still open. */
  close(): void;
}

/** What is asked for: `auto` takes `ffi` where it works. */
export type SocketsChoice = 'auto' | 'dgram' | 'ffi';
