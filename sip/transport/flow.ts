// Where a message comes from and goes to, and what a socket layer must offer. No sockets here.
// RFC 3261 s.18; RFC 5626 s.2 ("flow"); RFC 7118 s.5 (WebSocket).
import { isIP, isIPv6 } from 'node:net';
import { bracketed } from '../message/uri.ts';
import type { ListenAddress, TransportProtocol } from '../types.ts';

/** The `transport` parameter in a URI of ours; WSS has no name of its own (RFC 7118 s.5.2). */
const URI_TRANSPORT: Readonly<Record<TransportProtocol, string>> = {
  udp: '',
  tcp: ';transport=tcp',
  tls: ';transport=tls',
  ws: ';transport=ws',
  wss: ';transport=ws',
};

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
  /** The same as `sips`, where that was asked for (RFC 3261 s.8.1.1.8, s.12.1.1). */
  readonly secureContactUri: string;

  constructor(bound: ListenAddress, externalHost: string | null) {
    this.protocol = bound.protocol;
    this.host = bound.host;
    this.port = bound.port;
    const host =
      externalHost !== null && fits(externalHost, bound.host) ? externalHost : bound.host;
    this.hostPort = `${bracketed(host)}:${bound.port}`;
    this.viaStart = `SIP/2.0/${bound.protocol.toUpperCase()} ${this.hostPort}`;
    this.contactUri = `sip:${this.hostPort}${URI_TRANSPORT[bound.protocol]}`;
    const overWebSocket = bound.protocol === 'wss' ? ';transport=ws' : '';
    this.secureContactUri = `sips:${this.hostPort}${overWebSocket}`;
  }
}

/** Our Contact towards that URI: a `sips` one keeps its promise in both directions. */
export function contactTowards(listener: Listener, uri: string): string {
  return /^<?sips:/i.test(uri) ? listener.secureContactUri : listener.contactUri;
}

/** An external address speaks for sockets of its own family only, an external name for all. */
function fits(externalHost: string, host: string): boolean {
  return isIP(externalHost) === 0 || isIPv6(externalHost) === isIPv6(host);
}

/** Where messages follow each other without borders (s.18.3); a WebSocket keeps them. */
export function isByteStream(protocol: TransportProtocol): boolean {
  return protocol === 'tcp' || protocol === 'tls';
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
  /** Name that the peer's certificate must carry, when we connect over TLS (RFC 5922 s.4). */
  readonly serverName?: string;
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

/** One bound socket with whatever belongs to it. */
export interface Transport {
  readonly listener: Listener;
  /** A flow to a peer, over an open connection when there is one. */
  flowTo(address: string, port: number, serverName: string | null): Flow;
  readonly send: SendOnFlow;
  stop(): Promise<void>;
}
