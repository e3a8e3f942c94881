// Keys in offers and answers (RFC 4568): what is offered, taken, refused under each policy.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { SdpNegotiator } from '../../../media/sdp/negotiator.ts';
import type { LocalMedia, SrtpPolicy } from '../../../media/sdp/model.ts';

const [own80, own32, peers] = ['A', 'B', 'C'].map((letter) => letter.repeat(40));
const srtpKeys = {
  AES_CM_128_HMAC_SHA1_80: own80 ?? '',
  AES_CM_128_HMAC_SHA1_32: own32 ?? '',
};

function negotiator(srtp: SrtpPolicy): SdpNegotiator {
  const local: LocalMedia = {
    host: '192.0.2.1',
    rtpPort: 40_000,
    sessionId: '77',
    codecs: ['PCMU'],
    srtp,
    srtpKeys,
  };
  return new SdpNegotiator(local);
}

function sdp(profile: string, ...lines: readonly string[]): string {
  const head = ['v=0', 'o=x 1 1 IN IP4 198.51.100.7', 's=-', 'c=IN IP4 198.51.100.7', 't=0 0'];
  return [...head, `m=audio 5000 ${profile} 0`, ...lines, ''].join('\r\n');
}

const line80 = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${peers}`;
const line32 = `a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:${peers}|2^20`;
const refusal = { code: 'MEDIA_SDP_UNACCEPTABLE' };

test('offers: no keys, keys in RTP/AVP, keys in RTP/SAVP', () => {
  assert.doesNotMatch(negotiator('off').offer(), /crypto/);
  const optional = negotiator('optional').offer();
  assert.match(optional, /m=audio 40000 RTP\/AVP 0/);
  assert.ok(optional.includes(`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${own80}\r\n`));
  assert.ok(optional.includes(`a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:${own32}\r\n`));
  assert.match(negotiator('required').offer(), /m=audio 40000 RTP\/SAVP 0/);
});

test('answers to our offer: the key that was answered to, none, or a refusal', () => {
  const optional = negotiator('optional');
  optional.offer();
  const keys = { suite: 'AES_CM_128_HMAC_SHA1_32', sendKey: own32, receiveKey: peers };
  assert.deepEqual(optional.acceptAnswer(sdp('RTP/AVP', line32))?.srtp, keys);
  assert.equal(optional.acceptAnswer(sdp('RTP/AVP'))?.srtp, null);
  const wrongTag = line32.replace('crypto:2', 'crypto:1');
  assert.throws(() => optional.acceptAnswer(sdp('RTP/AVP', wrongTag)), refusal);
  const required = negotiator('required');
  required.offer();
  assert.throws(() => required.acceptAnswer(sdp('RTP/SAVP')), refusal);
  assert.throws(() => required.acceptAnswer(sdp('RTP/AVP')), refusal);
  const off = negotiator('off');
  off.offer();
  assert.throws(() => off.acceptAnswer(sdp('RTP/SAVP', line80)), refusal);
});

test("our answer: the peer's tag and suite with our key, or a refusal", () => {
  const { answer, remote } = negotiator('optional').answerTo(sdp('RTP/SAVP', line32, line80));
  assert.match(answer, /m=audio 40000 RTP\/SAVP 0/);
  assert.ok(answer.includes(`a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:${own32}\r\n`));
  assert.equal(remote?.srtp?.receiveKey, peers);
  assert.equal(negotiator('optional').answerTo(sdp('RTP/AVP')).remote?.srtp, null);
  assert.equal(negotiator('off').answerTo(sdp('RTP/AVP', line80)).remote?.srtp, null);
  assert.throws(() => negotiator('off').answerTo(sdp('RTP/SAVP', line80)), refusal);
  assert.throws(() => negotiator('required').answerTo(sdp('RTP/AVP')), refusal);
});

test('keys we cannot use are passed over', () => {
  for (const line of [
    `a=crypto:1 F8_128_HMAC_SHA1_80 inline:${peers}`,
    `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${peers}|2^20|1:4`,
    `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:short`,
    `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${peers} UNENCRYPTED_SRTP`,
    'a=crypto:',
  ]) {
    assert.throws(() => negotiator('optional').answerTo(sdp('RTP/SAVP', line)), refusal, line);
  }
  const hint = `${line80} WSH=128`;
  assert.equal(negotiator('optional').answerTo(sdp('RTP/SAVP', hint)).remote?.srtp?.sendKey, own80);
});

test('a new offer in the call keeps our keys and the profile', () => {
  const leg = negotiator('optional');
  leg.answerTo(sdp('RTP/SAVP', line80));
  const again = leg.offer();
  assert.match(again, /RTP\/SAVP/);
  assert.ok(again.includes(`inline:${own80}`));
});
