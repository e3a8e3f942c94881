// INFO bodies that phones send, and some that nobody should.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { digitOfInfo } from '../../../callback/adapters/dtmf-info.ts';

test('application/dtmf-relay: signal and duration', () => {
  const relay = (body: string) => digitOfInfo('application/dtmf-relay', body);
  assert.deepEqual(relay('Signal=5\r\nDuration=160\r\n'), { digit: '5', durationMs: 160 });
  assert.deepEqual(relay('Signal= #\r\nDuration= 250'), { digit: '#', durationMs: 250 });
  assert.deepEqual(relay('signal=10\n'), { digit: '*', durationMs: 100 });
  assert.deepEqual(relay('Signal=d\r\nDuration=999999\r\n'), { digit: 'D', durationMs: 10_000 });
  for (const body of ['', 'Signal=', 'Signal=55', 'Duration=160', 'Signal=!\r\n']) {
    assert.equal(relay(body), null, body);
  }
});

test('application/dtmf: the digit alone', () => {
  const plain = (body: string) => digitOfInfo('application/dtmf; charset=utf-8', body);
  assert.deepEqual(plain('7'), { digit: '7', durationMs: 100 });
  assert.deepEqual(plain(' 11 \r\n'), { digit: '#', durationMs: 100 });
  assert.equal(plain('77'), null);
});

test('property: other types and garbage are no digit', () => {
  assert.equal(digitOfInfo('application/sdp', '5'), null);
  fc.assert(
    fc.property(fc.string(), fc.string(), (type, body) => {
      digitOfInfo(type, body);
      digitOfInfo('application/dtmf-relay', body);
    }),
  );
});
