// Where a message comes from and goes to, and what a socket layer must offer. No sockets here.
// RFC 3261 s.18; RFC 5626 s.2 ("flow").
import { bracketed } from '../message/uri.ts';
import type { ListenAddress, TransportProtocol } from '../types.ts';

/** One bound socket of ours, as others are told to reach it. */
export class Listener implements ListenAddress {
  readonly protocol: TransportProtocol;
  readonly host: string;
  readonly port: number;
  /** `host:port` as advertised: the external host where one is configured. */
  readonly hostPort: string;
  /** `SIP/2.0/UDP host:port`, the start of every Via of ours. */
  readonly viaStart: string;
  /** `sip:host:port;transport=tcp`, without brackets. */
  readonly contactUri: string;

  constructor(bound: ListenAddress, externalHost: string | null) {
    this.protocol = bound.protocol;
    this.host = bound.host;
    this.port = bound.port;
    this.hostPort = `${bracketed(externalHost ?? bound.host)}:${bound.port}`;
    this.viaStart = `SIP/2.0/${bound.protocol.toUpperCase()} ${this.hostPort}`;
    const transport = bound.protocol === 'udp' ? '' : `;transport=${bound.protocol}`;
    this.contactUri = `sip:${this.hostPort}${transport}`;
  }
}

/** A connection of a stream transport; only its transport looks inside. */
export interface FlowConnection {
  readonly open: boolean;
}

/** Our socket and the peer's address; over a stream also the connection itself. */
export interface Flow {
  readonly protocol: TransportProtocol;
  readonly local: Listener;
  /** IP address of the peer, without brackets. */
  readonly address: string;
  readonly port: number;
  /** Null for a datagram, and for a stream not connected yet. */
  readonly connection: FlowConnection | null;
}

/** Sends a byte string; `onFailed` is called once, later, when it certainly did not leave. */
export type SendOnFlow = (flow: Flow, text: string, onFailed: (() => void) | null) => void;

/** What a socket layer tells its user. */
export interface TransportEvents {
  /** A datagram, or one message cut from a stream. */
  received(text: string, flow: Flow): void;
  /** A message was handed to its socket. */
  sent(text: string, flow: Flow): void;
}
