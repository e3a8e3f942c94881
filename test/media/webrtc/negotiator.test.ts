// Offers and answers of browsers, translated for a leg that knows plain RTP and back again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'sdp-transform';
import { RingbackError } from '../../../core/errors.ts';
import { NO_TYPES, OFFERED_TYPES } from '../../../media/sdp/model.ts';
import type { LocalMedia, PayloadTypes } from '../../../media/sdp/model.ts';
import type { BrowserDoor, BrowserMedia } from '../../../media/webrtc/model.ts';
import { BrowserNegotiator } from '../../../media/webrtc/negotiator.ts';
import { isWebRtc, readBrowserSdp } from '../../../media/webrtc/read.ts';
import { CHROMIUM_OFFER, FIREFOX_OFFER } from './descriptions.ts';

const FINGERPRINT = Array.from({ length: 32 }, () => 'AB').join(':');

interface World {
  readonly negotiator: BrowserNegotiator;
  readonly connected: BrowserMedia[];
  readonly restarts: () => number;
}

function makeWorld(types: PayloadTypes, change: Partial<LocalMedia> = {}): World {
  const connected: BrowserMedia[] = [];
  let restarts = 0;
  const ice = () => ({ usernameFragment: `ours${restarts}`, password: 'x'.repeat(24) });
  const door: BrowserDoor = {
    plain: { host: '127.0.0.1', rtpPort: 45_000 },
    candidates: [
      { foundation: 'u', priority: 10, host: '203.0.113.5', port: 40_001, protocol: 'udp' },
      { foundation: 't', priority: 9, host: '203.0.113.5', port: 40_002, protocol: 'tcp' },
    ],
    fingerprint: { algorithm: 'sha-256', value: FINGERPRINT },
    types,
    ice,
    restartIce: () => {
      restarts += 1;
      return ice();
    },
    connect: (media) => void connected.push(media),
  };
  const local: LocalMedia = {
    host: '10.0.0.1',
    rtpPort: 20_000,
    sessionId: '77',
    codecs: ['PCMU', 'PCMA', 'G722'],
    srtp: 'required',
    srtpKeys: { AES_CM_128_HMAC_SHA1_80: 'a'.repeat(40), AES_CM_128_HMAC_SHA1_32: 'b'.repeat(40) },
    ...change,
  };
  return { negotiator: new BrowserNegotiator(local, door), connected, restarts: () => restarts };
}

const typesOf = (sdp: string) => ({ ...NO_TYPES, ...readBrowserSdp(sdp).audio.types });

function answered(sdp: string): ReturnType<typeof parse> {
  return parse(makeWorld(typesOf(sdp)).negotiator.answerTo(sdp).answer);
}

test('a browser is known by DTLS and ICE, not by its port or its codecs', () => {
  assert.equal(isWebRtc(CHROMIUM_OFFER), true);
  assert.equal(isWebRtc(FIREFOX_OFFER), true);
  assert.equal(isWebRtc('v=0\r\nm=audio 4000 RTP/AVP 0\r\n'), false);
  assert.equal(isWebRtc('v=0\r\nm=audio 4000 RTP/SAVP 0\r\na=crypto:1 x inline:y\r\n'), false);
  assert.equal(isWebRtc(''), false);
});

test('Chromium is answered with PCMU, its numbers, our candidates and ICE-lite', () => {
  const session = answered(CHROMIUM_OFFER);
  assert.equal(session.icelite, 'ice-lite');
  assert.deepEqual(session.groups, [{ type: 'BUNDLE', mids: 0 }]);
  const [audio] = session.media;
  assert.ok(audio);
  assert.equal(audio.payloads, '0 126');
  assert.equal(audio.setup, 'passive');
  assert.equal(audio.direction, 'sendrecv');
  assert.equal(audio.rtcpMux, 'rtcp-mux');
  assert.equal(String(audio.mid), '0');
  assert.deepEqual(audio.fingerprint, { type: 'sha-256', hash: FINGERPRINT });
  assert.deepEqual(
    audio.candidates?.map(({ ip, port, transport, tcptype }) => [ip, port, transport, tcptype]),
    [
      ['203.0.113.5', 40_001, 'udp', undefined],
      ['203.0.113.5', 40_002, 'tcp', 'passive'],
    ],
  );
});

test('Firefox is answered too: session-wide fingerprint, and its video is refused', () => {
  const session = answered(FIREFOX_OFFER);
  const [audio, video] = session.media;
  assert.equal(audio?.payloads, '0 101');
  assert.equal(video?.port, 0);
  assert.equal(String(video?.mid), '1');
  assert.deepEqual(session.groups, [{ type: 'BUNDLE', mids: 0 }]);
});

test('our leg is told to send to the gateway, and the gateway who the browser is', () => {
  const { negotiator, connected } = makeWorld(typesOf(CHROMIUM_OFFER));
  const { remote } = negotiator.answerTo(CHROMIUM_OFFER);
  assert.equal(remote?.host, '127.0.0.1');
  assert.equal(remote.rtpPort, 45_000);
  assert.equal(remote.rtcpMux, true);
  assert.equal(remote.codec, 'PCMU');
  assert.equal(remote.srtp, null);
  assert.equal(remote.sendTypes.telephoneEvent, 126);
  const [media] = connected;
  assert.equal(media?.ssrc, 613_105_987);
  assert.equal(media.role, 'client');
  assert.deepEqual(media.formats, ['PCMU', 'telephoneEvent']);
});

test('RFC 3264 s.8.4: hold and resume, with a version that grows', () => {
  const { negotiator } = makeWorld(typesOf(CHROMIUM_OFFER));
  const first = parse(negotiator.answerTo(CHROMIUM_OFFER).answer);
  const held = negotiator.answerTo(CHROMIUM_OFFER.replace('a=sendrecv', 'a=sendonly'));
  assert.equal(parse(held.answer).media[0]?.direction, 'recvonly');
  assert.equal(held.remote?.peerListens, false);
  const back = negotiator.answerTo(CHROMIUM_OFFER);
  assert.equal(back.remote?.peerListens, true);
  const versions = [first, parse(held.answer), parse(back.answer)].map(
    ({ origin }) => origin?.sessionVersion,
  );
  assert.deepEqual(versions, [1, 2, 3]);
  assert.equal(negotiator.answerTo(CHROMIUM_OFFER).remote, null, 'a repetition changes nothing');
});

test('RFC 8839 s.4.4.3: new credentials of the browser ask for new ones of ours', () => {
  const { negotiator, restarts } = makeWorld(typesOf(CHROMIUM_OFFER));
  negotiator.answerTo(CHROMIUM_OFFER);
  assert.equal(restarts(), 0);
  const { answer } = negotiator.answerTo(CHROMIUM_OFFER.replace('LtXi', 'Anew'));
  assert.equal(restarts(), 1);
  assert.equal(parse(answer).media[0]?.iceUfrag, 'ours1');
});

test('we offer one codec, actpass, and take the answer of a browser', () => {
  const { negotiator, connected } = makeWorld(OFFERED_TYPES);
  const offer = negotiator.offer();
  const [audio] = parse(offer).media;
  assert.equal(audio?.payloads, '0 101');
  assert.equal(audio.setup, 'actpass');
  const answer = CHROMIUM_OFFER.replace('actpass', 'active')
    .replace('111 63 9 0 8 13 110 126', '0 101')
    .replaceAll('126 telephone', '101 telephone');
  const remote = negotiator.acceptAnswer(answer);
  assert.equal(remote?.codec, 'PCMU');
  assert.equal(remote.rtpPort, 45_000);
  assert.deepEqual(connected[0]?.formats, ['PCMU', 'telephoneEvent']);
  assert.throws(() => negotiator.acceptAnswer(CHROMIUM_OFFER), { code: 'MEDIA_SDP_UNACCEPTABLE' });
});

test('a browser that waits for us to open DTLS is opened to', () => {
  const { negotiator, connected } = makeWorld(typesOf(CHROMIUM_OFFER));
  const { answer } = negotiator.answerTo(CHROMIUM_OFFER.replace('actpass', 'passive'));
  assert.equal(parse(answer).media[0]?.setup, 'active');
  assert.equal(connected[0]?.role, 'server');
});

const UNUSABLE: readonly (readonly [string, (offer: string) => string])[] = [
  ['no fingerprint', (offer) => offer.replace(/a=fingerprint.*\r\n/, '')],
  ['a short fingerprint', (offer) => offer.replace(/sha-256 58:C5.*\r\n/, 'sha-256 58:C5\r\n')],
  ['an unknown digest', (offer) => offer.replace('sha-256', 'md5')],
  ['no ICE password', (offer) => offer.replace(/a=ice-pwd.*\r\n/, '')],
  ['no multiplexing', (offer) => offer.replace('a=rtcp-mux\r\n', '')],
  ['no source', (offer) => offer.replace(/a=ssrc.*\r\n/g, '')],
  ['no setup', (offer) => offer.replace('a=setup:actpass\r\n', '')],
  ['no codec of ours', (offer) => offer.replace('111 63 9 0 8 13 110 126', '63 13')],
  ['the line refused', (offer) => offer.replace('m=audio 33781', 'm=audio 0')],
];

for (const [what, change] of UNUSABLE) {
  test(`unacceptable, with 488: ${what}`, () => {
    const { negotiator, connected } = makeWorld(typesOf(CHROMIUM_OFFER));
    assert.throws(() => negotiator.answerTo(change(CHROMIUM_OFFER)), {
      code: 'MEDIA_SDP_UNACCEPTABLE',
    });
    assert.deepEqual(connected, []);
  });
}

test('another certificate in the same call is refused', () => {
  const { negotiator } = makeWorld(typesOf(CHROMIUM_OFFER));
  negotiator.answerTo(CHROMIUM_OFFER);
  assert.throws(() => negotiator.answerTo(CHROMIUM_OFFER.replace('58:C5', '59:C5')), {
    code: 'MEDIA_SDP_UNACCEPTABLE',
  });
});

test('property: whatever a browser sends, the answer is whole or the offer unacceptable', () => {
  const lines = CHROMIUM_OFFER.split('\r\n');
  const mangled = fc
    .array(fc.tuple(fc.nat(lines.length - 1), fc.string({ maxLength: 40 })), { maxLength: 6 })
    .map((changes) => {
      const text = [...lines];
      for (const [at, words] of changes) {
        text[at] = `${(text[at] ?? '').slice(0, words.length)}${words}`;
      }
      return text.join('\r\n');
    });
  fc.assert(
    fc.property(fc.oneof(mangled, fc.string({ maxLength: 400 })), (sdp) => {
      try {
        const { answer } = makeWorld(typesOf(CHROMIUM_OFFER)).negotiator.answerTo(sdp);
        const { media } = parse(answer);
        assert.equal(media.filter(({ port }) => port !== 0).length, 1);
        assert.doesNotMatch(answer, /undefined|NaN|null/);
      } catch (error) {
        if (!(error instanceof RingbackError)) throw error;
        assert.equal(error.code, 'MEDIA_SDP_UNACCEPTABLE');
      }
    }),
  );
});
