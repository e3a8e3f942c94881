// Symmetric RTP: whom we send to and whom we listen to. PURE. RFC 4961; RFC 7362 s.4 (latching and
// its dangers).
//
//   armed    --first valid packet--> latched     send to the SDP's address, listen to anyone
//   latched  --new SDP-------------> armed       send to and listen to one source only
//
// A forked call has several branches that may all send (RFC 3261 s.12.1.2 of early dialogs): the
// branch that the latest SDP left behind must not win by being louder than the one it names.

/** After 2 s in which nobody else spoke, the branch left behind is the peer after all. */
const MAX_REFUSED_OF_LEFT = 100;

export class Latch {
  /** Where we send; empty before the first SDP. */
  host = '';
  rtpPort = 0;
  rtcpPort = 0;
  #latched = false;
  #sdpHost = '';
  #sdpPort = 0;
  /** The source before the latest SDP named another: it may still send, but is not the peer now. */
  #leftHost = '';
  #leftPort = 0;
  #refusedOfLeft = 0;

  /**
   * A new SDP: the next valid packet decides again. Until then sound goes to the SDP's address, or,
   * if the SDP repeats its old address, to where the peer was last heard from (it may be behind a
   * NAT its SDP knows nothing of).
   */
  arm(host: string, rtpPort: number, rtcpPort: number): void {
    this.#latched = false;
    if (host === this.#sdpHost && rtpPort === this.#sdpPort) return;
    this.#leftHost = this.host;
    this.#leftPort = this.rtpPort;
    this.#refusedOfLeft = 0;
    this.#sdpHost = host;
    this.#sdpPort = rtpPort;
    this.host = host;
    this.rtpPort = rtpPort;
    this.rtcpPort = rtcpPort;
  }

  get latched(): boolean {
    return this.#latched;
  }

  /** Whether a source is known not to be the peer, whatever its packet holds. */
  refuses(host: string, port: number): boolean {
    return this.#latched && (port !== this.rtpPort || host !== this.host);
  }

  /** Takes the source of a valid packet; false when it is a stranger. */
  accept(host: string, port: number): boolean {
    if (this.#latched) return host === this.host && port === this.rtpPort;
    const isSdps = host === this.#sdpHost && port === this.#sdpPort;
    const isLeft = !isSdps && host === this.#leftHost && port === this.#leftPort;
    if (isLeft && ++this.#refusedOfLeft <= MAX_REFUSED_OF_LEFT) return false;
    this.#latched = true;
    if (host !== this.host || port !== this.rtpPort) {
      this.host = host;
      this.rtpPort = port;
      this.rtcpPort = Math.min(port + 1, 65_535);
    }
    return true;
  }

  /** Takes the source of a valid RTCP packet; only the host that sends the RTP may move it. */
  acceptRtcp(host: string, port: number): boolean {
    if (host !== this.host) return false;
    this.rtcpPort = port;
    return true;
  }
}
