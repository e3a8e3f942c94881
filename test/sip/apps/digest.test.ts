// Digest arithmetic on both sides: the RFC's own examples, and that any altered field fails.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { silentLog } from '../../../core/live.ts';
import { Authenticator, hashHex, makeSubscriber } from '../../../sip/apps/authenticator.ts';
import type { AuthenticatorDeps } from '../../../sip/apps/authenticator.ts';
import {
  answerChallenge,
  expectedResponse,
  formatChallenge,
  ha1Of,
  parseDigests,
  readCredentials,
} from '../../../sip/apps/digest.ts';
import type { DigestAlgorithm } from '../../../sip/apps/digest.ts';
import { algorithmsFor } from '../../../sip/apps/quirks.ts';
import { memoryRegistrarStore } from '../../../sip/apps/registrar-store.ts';
import { VirtualClock } from '../../support/clock.ts';

const realm = 'ringback.test';
const secret = { username: '1001', password: 'Circle of Life' };
const request = { method: 'REGISTER', uri: 'sip:ringback.test', cnonce: 'c0ffee' };

function setUp(ttlMs = 300_000, judged?: AuthenticatorDeps['judged']) {
  const clock = new VirtualClock();
  const store = memoryRegistrarStore();
  store.putSubscriber(makeSubscriber(secret.username, realm, secret.password));
  const authenticator = new Authenticator(
    { realm, nonceTtlMs: ttlMs },
    { store, clock, log: silentLog, ...(judged === undefined ? {} : { judged }) },
  );
  const judge = (authorization: string | null, change: object = {}) =>
    authenticator.judge({ ...request, authorization, sourceAddress: '192.0.2.1', ...change });
  const challenge = (algorithm: DigestAlgorithm): string => {
    const all = authenticator.challenges('192.0.2.1', false, [algorithm]);
    return all[0] ?? assert.fail();
  };
  const answer = (algorithm: DigestAlgorithm, from = secret) =>
    answerChallenge(hashHex, challenge(algorithm), request, from) ?? assert.fail();
  return { clock, authenticator, judge, answer, challenge };
}

test('RFC 7616 s.3.9.1: the responses of the example', () => {
  const given = {
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    uri: '/dir/index.html',
    nc: '00000001',
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  };
  const response = (algorithm: DigestAlgorithm) => {
    const ha1 = ha1Of(hashHex, algorithm, 'Mufasa', 'http-auth@example.org', 'Circle of Life');
    return expectedResponse(hashHex, ha1, 'GET', { ...given, algorithm });
  };
  assert.equal(response('MD5'), '8ca523f5e9506fed4657c9700eebdbec');
  assert.equal(
    response('SHA-256'),
    '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
  );
});

for (const algorithm of ['MD5', 'SHA-256'] as const) {
  test(`${algorithm}: the right password is let in`, () => {
    const { judge, answer } = setUp();
    assert.deepEqual(judge(answer(algorithm)), { kind: 'authenticated', username: '1001' });
  });

  test(`${algorithm}: any altered field fails`, () => {
    const { judge, answer } = setUp();
    const proof = answer(algorithm);
    const fields = /([a-z]+)=("[^"]*"|[^,\s]+)/g;
    const names = [...proof.matchAll(fields)].map((match) => match[1]);
    assert.ok(names.length >= 9, 'all fields are there');
    const hits = fc.record({ field: fc.constantFrom(...names), at: fc.nat(), by: fc.nat(14) });
    fc.assert(
      fc.property(hits, ({ field, at, by }) => {
        const altered = proof.replace(fields, (whole, name: string, value: string) =>
          name === field ? `${name}=${alter(value, at, by)}` : whole,
        );
        const isSame = altered.toLowerCase() === proof.toLowerCase();
        assert.equal(judge(altered).kind === 'authenticated', false, isSame ? 'same' : altered);
      }),
    );
    assert.equal(judge(proof).kind, 'authenticated', 'untouched it is right');
  });
}

/** Changes one character for another that is not merely its other case. */
function alter(value: string, at: number, by: number): string {
  const start = value.startsWith('"') ? 1 : 0;
  const length = value.length - 2 * start;
  const index = start + (at % length);
  const digits = '0123456789abcdef';
  const old = digits.indexOf((value[index] ?? '').toLowerCase());
  const fresh = digits[old === -1 ? by : (old + 1 + by) % 16] ?? '0';
  return value.slice(0, index) + fresh + value.slice(index + 1);
}

test('the method and the source address are part of the proof', () => {
  const { judge, answer } = setUp();
  const proof = answer('SHA-256');
  assert.deepEqual(judge(proof, { method: 'INVITE' }), {
    kind: 'challenge',
    stale: false,
    why: 'wrong-password',
  });
  assert.deepEqual(judge(proof, { uri: 'sip:other.test' }), {
    kind: 'challenge',
    stale: false,
    why: 'other-uri',
  });
  assert.deepEqual(judge(proof, { sourceAddress: '192.0.2.2' }), {
    kind: 'challenge',
    stale: true,
    why: 'stale-nonce',
  });
});

test('an unknown user and a wrong password look alike', () => {
  const { judge, answer } = setUp();
  const expected = { kind: 'challenge', stale: false, why: 'wrong-password' };
  assert.deepEqual(judge(answer('MD5', { ...secret, password: 'x' })), expected);
  assert.deepEqual(judge(answer('MD5', { ...secret, username: 'x' })), expected);
});

test('an unknown user cannot get in with an empty secret', () => {
  const { judge, challenge } = setUp();
  const nonce = parseDigests(challenge('MD5'))[0]?.get('nonce') ?? '';
  const rest = { algorithm: 'MD5' as const, nonce, nc: '00000001', cnonce: 'c', uri: request.uri };
  const response = expectedResponse(hashHex, '', 'REGISTER', rest);
  const header =
    `Digest username="ghost", realm="${realm}", nonce="${nonce}", uri="${request.uri}", ` +
    `response="${response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c"`;
  assert.equal(judge(header).kind, 'challenge');
});

test('a nonce grows old, and only then is it called stale', () => {
  const { clock, judge, answer } = setUp(1_000);
  const proof = answer('MD5');
  clock.advance(1_001);
  assert.deepEqual(judge(proof), { kind: 'challenge', stale: true, why: 'stale-nonce' });
});

test('a proof serves once; the same nonce serves again with a higher count', () => {
  const { judge, challenge } = setUp();
  const params = parseDigests(challenge('MD5'))[0];
  const nonce = params?.get('nonce') ?? '';
  const ha1 = ha1Of(hashHex, 'MD5', secret.username, realm, secret.password);
  const proof = (nc: string): string => {
    const rest = { algorithm: 'MD5' as const, nonce, nc, cnonce: 'c', uri: request.uri };
    const response = expectedResponse(hashHex, ha1, 'REGISTER', rest);
    return (
      `Digest username="1001", realm="${realm}", nonce="${nonce}", uri="${request.uri}", ` +
      `response="${response}", qop=auth, nc=${nc}, cnonce="c"`
    );
  };
  const replay = { kind: 'challenge', stale: true, why: 'replayed-count' };
  assert.equal(judge(proof('00000001')).kind, 'authenticated');
  assert.deepEqual(judge(proof('00000001')), replay);
  assert.equal(judge(proof('0000000a')).kind, 'authenticated');
  assert.deepEqual(judge(proof('00000009')), replay);
});

test('the client answers the topmost challenge it knows, also when srf joined them', () => {
  const joined = [
    'Digest realm="a", nonce="1", algorithm=SHA-512-256, qop="auth"',
    'Basic realm="b"',
    'Digest realm="c", nonce="3", algorithm=SHA-256, qop="auth-int,auth", opaque="o"',
    'Digest realm="d", nonce="4"',
  ].join(', ');
  const answer = answerChallenge(hashHex, joined, request, secret) ?? '';
  assert.match(answer, /realm="c".*algorithm=SHA-256.*qop=auth.*opaque="o"/);
  assert.equal(answerChallenge(hashHex, 'Digest realm="a"', request, secret), null);
  assert.equal(answerChallenge(hashHex, 'nonsense', request, secret), null);
});

test('RFC 2069 form: a challenge without qop is answered without counts', () => {
  const answer = answerChallenge(hashHex, 'Digest realm="d", nonce="4"', request, secret) ?? '';
  const ha1 = hashHex('MD5', '1001:d:Circle of Life');
  const response = hashHex('MD5', `${ha1}:4:${hashHex('MD5', 'REGISTER:sip:ringback.test')}`);
  assert.ok(answer.includes(`response="${response}"`));
  assert.doesNotMatch(answer, /cnonce|nc=/);
});

test('credentials that could be read in two ways are none', () => {
  const value =
    'Digest username="a", username="b", realm="r", nonce="n", uri="sip:x", qop=auth, ' +
    `nc=00000001, cnonce="c", response="${'0'.repeat(32)}"`;
  assert.equal(readCredentials(value, 'r'), null);
  assert.notEqual(readCredentials(value.replace('username="b", ', ''), 'r'), null);
});

test('property: a challenge is read back as written; no text makes the reader throw', () => {
  const words = fc.stringMatching(/^[A-Za-z0-9.]{1,20}$/);
  fc.assert(
    fc.property(words, words, fc.boolean(), (name, nonce, stale) => {
      const text = formatChallenge({ realm: name, nonce, algorithm: 'SHA-256', stale });
      const params = parseDigests(text)[0];
      assert.equal(params?.get('realm'), name);
      assert.equal(params?.get('nonce'), nonce);
      assert.equal(params?.get('stale'), stale ? 'true' : undefined);
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => void readCredentials(`Digest ${text}`, 'r')));
});

test('telephones that know only MD5 are offered that; others the stronger one first', () => {
  assert.deepEqual(algorithmsFor('baresip v1.0.0 (x86_64/linux)'), ['MD5']);
  assert.deepEqual(algorithmsFor('SIP.js/0.21.2'), ['MD5']);
  assert.deepEqual(algorithmsFor('JsSIP 3.10.1'), ['MD5']);
  assert.deepEqual(algorithmsFor('baresip v3.5.0'), ['SHA-256', 'MD5']);
  assert.deepEqual(algorithmsFor(undefined), ['SHA-256', 'MD5']);
});

test('only answers to challenges of ours are told as failures: no ban for invented sources', () => {
  const told: boolean[] = [];
  const { judge, answer } = setUp(300_000, (_address, proven) => told.push(proven));
  const guess = answer('MD5', { ...secret, password: 'guess' });
  assert.deepEqual(judge(guess), { kind: 'challenge', stale: false, why: 'wrong-password' });
  assert.deepEqual(told, [false]);
  const elsewhere = { sourceAddress: '192.0.2.99' };
  const staleNonce = { kind: 'challenge', stale: true, why: 'stale-nonce' };
  assert.deepEqual(judge(guess, elsewhere), staleNonce, 'a wrong one with the nonce of another');
  assert.deepEqual(judge(answer('MD5'), elsewhere), staleNonce, 'a right one: looks the same');
  assert.deepEqual(told, [false]);
  assert.equal(judge(answer('MD5')).kind, 'authenticated');
  assert.deepEqual(told, [false, true]);
});
