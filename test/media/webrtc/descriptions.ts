// Offers of browsers as they come, for tests: Chromium 156 and Firefox 140 with one microphone.

const CHROMIUM_DIGEST =
  '58:C5:F1:73:B0:3F:C9:AC:CA:03:9B:5C:1D:6B:51:C8:' +
  '15:1A:66:05:A0:E0:38:37:BE:8A:AC:23:33:36:C7:97';
const FIREFOX_DIGEST =
  '0B:8D:17:7C:4E:61:0A:5E:0D:D8:2C:5B:9A:34:2F:77:' +
  '16:AC:E5:D0:AD:1B:36:53:8C:2A:8E:03:1D:60:58:B4';

export const CHROMIUM_OFFER = `v=0
o=- 486687434135844229 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS 4155c8b5-e11f-4438-afb9-f22c5c8eb7cc
m=audio 33781 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 192.0.2.2
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:2472256520 1 udp 2122194687 192.0.2.2 33781 typ host generation 0 network-id 1
a=candidate:3985917584 1 tcp 1518214911 192.0.2.2 9 typ host tcptype active generation 0
a=ice-ufrag:LtXi
a=ice-pwd:J3/NVMwC5x7ImgaAq/JMQxZI
a=ice-options:trickle
a=fingerprint:sha-256 ${CHROMIUM_DIGEST}
a=setup:actpass
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=sendrecv
a=msid:4155c8b5-e11f-4438-afb9-f22c5c8eb7cc b59c1198-b88e-4d95-99b4-9324102963bb
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
a=ssrc:613105987 cname:M1wNg1+SBeQJG3Ff
a=ssrc:613105987 msid:4155c8b5-e11f-4438-afb9-f22c5c8eb7cc b59c1198-b88e-4d95-99b4-9324102963bb
`.replaceAll('\n', '\r\n');

/** Firefox writes fingerprint and ICE options for the whole session, and a video line here. */
export const FIREFOX_OFFER = `v=0
o=mozilla...THIS_IS_SDPARTA-99.0 3823107462839145512 0 IN IP4 0.0.0.0
s=-
t=0 0
a=sendrecv
a=fingerprint:sha-256 ${FIREFOX_DIGEST}
a=group:BUNDLE 0 1
a=ice-options:trickle
a=msid-semantic:WMS *
m=audio 52713 UDP/TLS/RTP/SAVPF 109 9 0 8 101
c=IN IP4 198.51.100.7
a=candidate:0 1 UDP 2122252543 198.51.100.7 52713 typ host
a=sendrecv
a=end-of-candidates
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
a=fmtp:101 0-15
a=ice-pwd:7f1c6d0b6d2b6c7b1d7b1a5ac4ae9b10
a=ice-ufrag:8e2ae54d
a=mid:0
a=msid:{d57d3917-64e9-4f49-adfb-b049d165c312} {920e9ffc-728e-0d40-a1b9-ebd0025c860a}
a=rtcp-mux
a=rtpmap:109 opus/48000/2
a=rtpmap:9 G722/8000/1
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=setup:actpass
a=ssrc:2655508255 cname:{735484ea-4f6c-f74a-bd66-7425f8476c2e}
m=video 52713 UDP/TLS/RTP/SAVPF 120
c=IN IP4 198.51.100.7
a=bundle-only
a=recvonly
a=ice-pwd:7f1c6d0b6d2b6c7b1d7b1a5ac4ae9b10
a=ice-ufrag:8e2ae54d
a=mid:1
a=rtcp-mux
a=rtpmap:120 VP8/90000
a=setup:actpass
`.replaceAll('\n', '\r\n');
