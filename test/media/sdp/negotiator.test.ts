// Offer and answer (RFC 3264), from the texts softphones and trunks really send to hostile ones.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RingbackError } from '../../../core/errors.ts';
import { NO_TYPES } from '../../../media/sdp/model.ts';
import { SdpNegotiator } from '../../../media/sdp/negotiator.ts';
import type { LocalMedia, RemoteMedia } from '../../../media/sdp/model.ts';

const srtpKeys = {
  AES_CM_128_HMAC_SHA1_80: 'A'.repeat(40),
  AES_CM_128_HMAC_SHA1_32: 'B'.repeat(40),
};
const local: LocalMedia = {
  host: '192.0.2.1',
  rtpPort: 40_000,
  sessionId: '77',
  codecs: ['PCMU', 'PCMA'],
  srtp: 'off',
  srtpKeys,
};

function sdp(lines: readonly string[], connection = '198.51.100.7'): string {
  const head = ['v=0', 'o=x 1 1 IN IP4 198.51.100.7', 's=-', `c=IN IP4 ${connection}`, 't=0 0'];
  return [...head, ...lines, ''].join('\r\n');
}

function answered(lines: readonly string[], connection?: string): RemoteMedia {
  const negotiator = new SdpNegotiator(local);
  negotiator.offer();
  const remote = negotiator.acceptAnswer(sdp(lines, connection));
  assert.ok(remote !== null);
  return remote;
}

function refused(text: string): void {
  const isOurs = (fault: unknown): boolean =>
    fault instanceof RingbackError && fault.code === 'MEDIA_SDP_UNACCEPTABLE';
  assert.throws(() => new SdpNegotiator(local).answerTo(text), isOurs);
}

test('s.5: our offer has both laws, telephone events, 20 ms, both ways', () => {
  const offer = new SdpNegotiator(local).offer();
  assert.match(offer, /^v=0\r\no=- 77 1 IN IP4 192\.0\.2\.1\r\n/);
  assert.match(offer, /\r\nm=audio 40000 RTP\/AVP 0 8 101\r\n/);
  for (const line of [
    'rtpmap:0 PCMU/8000',
    'rtpmap:8 PCMA/8000',
    'rtpmap:101 telephone-event/8000',
  ])
    assert.ok(offer.includes(`\r\na=${line}\r\n`), line);
  assert.match(offer, /a=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\na=rtcp-mux\r\n$/);
});

test("s.6.1: the answerer's first law is the one we send", () => {
  assert.equal(answered(['m=audio 5000 RTP/AVP 0']).codec, 'PCMU');
  assert.equal(answered(['m=audio 5000 RTP/AVP 8 0']).codec, 'PCMA');
  const remote = answered(['m=audio 5000 RTP/AVP 8 96', 'a=rtpmap:96 telephone-event/8000']);
  assert.deepEqual(
    [remote.host, remote.rtpPort, remote.rtcpPort, remote.ptimeMs],
    ['198.51.100.7', 5000, 5001, 20],
  );
  assert.equal(remote.sendTypes.telephoneEvent, 96, "we send with the answer's number");
  assert.equal(remote.receiveTypes.telephoneEvent, 101, "and receive with our offer's");
});

test('RFC 3605 and media-level connection: addresses of the line beat those of the session', () => {
  const remote = answered(['m=audio 5000 RTP/AVP 0', 'c=IN IP4 203.0.113.9', 'a=rtcp:5300']);
  assert.deepEqual([remote.host, remote.rtcpPort], ['203.0.113.9', 5300]);
});

test('s.8.4: hold by direction and by address', () => {
  const line = 'm=audio 5000 RTP/AVP 0';
  const cases = [
    [['a=sendrecv'], undefined, true, true],
    [['a=sendonly'], undefined, false, true],
    [['a=recvonly'], undefined, true, false],
    [['a=inactive'], undefined, false, false],
    [[], '0.0.0.0', false, false],
  ] as const;
  for (const [more, connection, listens, sends] of cases) {
    const remote = answered([line, ...more], connection);
    assert.deepEqual([remote.peerListens, remote.peerSends], [listens, sends], String(more));
  }
});

test('s.6: answers mirror the direction, keep the line order and refuse other lines', () => {
  const negotiator = new SdpNegotiator(local);
  const offer = sdp([
    'm=video 6000 RTP/AVP 96',
    'a=rtpmap:96 H264/90000',
    'm=audio 5000 RTP/AVP 9 8 0 97',
    'a=rtpmap:97 telephone-event/8000',
    'a=sendonly',
    'm=audio 5002 RTP/SAVP 0',
  ]);
  const { answer, remote } = negotiator.answerTo(offer);
  const media = answer.split('\r\n').filter((line) => line.startsWith('m='));
  assert.deepEqual(media, [
    'm=video 0 RTP/AVP 96',
    'm=audio 40000 RTP/AVP 8 97',
    'm=audio 0 RTP/SAVP 0',
  ]);
  assert.match(answer, /a=recvonly/);
  assert.equal(remote?.codec, 'PCMA');
  assert.deepEqual(remote?.receiveTypes, { ...NO_TYPES, PCMA: 8, telephoneEvent: 97 });

  const next = negotiator.offer();
  assert.match(
    next,
    /m=video 0 .*\r\nm=audio 40000 RTP\/AVP 0 8 97/,
    's.8: lines and numbers stay',
  );
});

test('s.8: the version grows by one with a change, and not without', () => {
  const version = (text: string): string => /o=- 77 (\d+) /.exec(text)?.[1] ?? '';
  const negotiator = new SdpNegotiator(local);
  assert.equal(version(negotiator.offer()), '1');
  assert.equal(version(negotiator.offer()), '1');
  const hold = sdp(['m=audio 5000 RTP/AVP 0', 'a=sendonly']);
  assert.equal(version(negotiator.answerTo(hold).answer), '2');
  assert.equal(version(negotiator.answerTo(hold).answer), '2');
  assert.equal(negotiator.answerTo(hold).remote, null, 'a repeated offer changes nothing');
  const resume = sdp(['m=audio 5000 RTP/AVP 0']);
  assert.equal(version(negotiator.answerTo(resume).answer), '3');
});

test('what cannot be used is refused with one error', () => {
  refused('');
  refused('nonsense');
  refused(sdp([]));
  refused(sdp(['m=audio 5000 RTP/AVP 9']));
  refused(sdp(['m=audio 0 RTP/AVP 0']));
  refused(sdp(['m=audio 70000 RTP/AVP 0']));
  refused(sdp(['m=audio 5000 RTP/SAVP 0']));
  refused(sdp(['m=audio 5000 RTP/AVP 0'], 'host.example'));
  refused(sdp(['m=audio 5000 RTP/AVP 0'], '999.1.1.1'));
  refused(sdp(['m=audio 5000 RTP/AVP 0'], '224.0.0.5'));
  refused(sdp(['m=audio 5000 RTP/AVP 0'], '255.255.255.255'));
  refused(sdp(['m=audio 5000 RTP/AVP 0'], '2001:db8::1'));
  refused(sdp(Array.from({ length: 17 }, () => 'm=audio 5000 RTP/AVP 0')));
  refused(sdp(['m=audio 5000 RTP/AVP 0', `a=x:${'y'.repeat(70_000)}`]));
});

test('property: hostile SDP is answered or refused, never anything else', () => {
  const attribute = fc.constantFrom(
    'm=audio 5000 RTP/AVP 0 8 101',
    'm=audio 5000 RTP/AVP 0',
    'm=audio x RTP/AVP',
    'm=',
    'c=IN IP4 198.51.100.7',
    'c=IN IP6 ::1',
    'c=IN IP4 7',
    'a=rtpmap:0 __proto__/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=rtpmap:999999999999 PCMU/8000',
    'a=ptime:-1',
    'a=ptime:x',
    'a=rtcp:0',
    'a=rtcp:99999 IN IP4 1.2.3.4',
    'a=sendonly',
    'a=sendonly garbage',
    'o=',
    's=',
  );
  const line = fc.oneof(attribute, fc.string({ maxLength: 60 }), fc.string({ unit: 'binary' }));
  const text = fc.array(line, { maxLength: 20 }).map((lines) => lines.join('\r\n'));
  const outcome = (act: () => unknown): void => {
    try {
      act();
    } catch (fault) {
      assert.ok(fault instanceof RingbackError, String(fault));
      assert.equal(fault.code, 'MEDIA_SDP_UNACCEPTABLE');
    }
  };
  fc.assert(
    fc.property(text, (hostile) => {
      const negotiator = new SdpNegotiator(local);
      negotiator.offer();
      outcome(() => negotiator.acceptAnswer(hostile));
      outcome(() => negotiator.answerTo(hostile));
      // Whatever came, our next offer is still one that a peer can read.
      assert.ok(new SdpNegotiator(local).answerTo(negotiator.offer()).remote !== null);
    }),
    { numRuns: 200 },
  );
});
