// The rules of the guard: buckets, bans that grow, who counts as one source, what a scanner is.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fullBucket, taken } from '../../../sip/guard/bucket.ts';
import {
  failed,
  isBanned,
  isForgotten,
  NO_OFFENCE,
  proven,
  type Offender,
} from '../../../sip/guard/offender.ts';
import { isScanner, sourceOf } from '../../../sip/guard/source.ts';
import { invite } from '../message/messages.ts';

test('a bucket lets a burst through, then the steady rate, never more', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 300 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 50 }), (waits, perSecond) => {
      const limit = { perSecond, burst: 10 };
      let nowMs = 1_000;
      let bucket = fullBucket(limit, nowMs);
      let passed = 0;
      for (const waitMs of waits) {
        nowMs += waitMs;
        const [next, isWithin] = taken(bucket, limit, nowMs);
        bucket = next;
        if (isWithin) passed++;
      }
      assert.ok(passed <= 10 + ((nowMs - 1_000) * perSecond) / 1_000 + 1e-6);
      assert.ok(passed >= Math.min(waits.length, 10));
    }),
  );
});

const RULES = { failures: 3, windowSeconds: 60, firstSeconds: 10, longestSeconds: 35 };

function fails(offender: Offender, times: number, nowMs: number): Offender {
  let next = offender;
  for (let count = 0; count < times; count++) next = failed(next, RULES, nowMs);
  return next;
}

test('failures in the window make a ban; older ones do not count', () => {
  let offender = fails(NO_OFFENCE, 2, 0);
  assert.equal(isBanned(offender, 0), false);
  offender = fails(offender, 2, 61_000);
  assert.equal(isBanned(offender, 61_000), false, 'the first two are over');
  offender = fails(offender, 1, 62_000);
  assert.equal(isBanned(offender, 71_999), true);
  assert.equal(isBanned(offender, 72_000), false);
});

test('each ban is twice as long as the last, up to the longest, until it is forgotten', () => {
  let offender = NO_OFFENCE;
  let nowMs = 1_000_000;
  for (const seconds of [10, 20, 35, 35]) {
    offender = fails(offender, 3, nowMs);
    assert.equal(offender.bannedUntilMs - nowMs, seconds * 1_000);
    nowMs = offender.bannedUntilMs;
  }
  nowMs += 61_000;
  assert.equal(isForgotten(offender, RULES, nowMs), true);
  assert.equal(fails(offender, 3, nowMs).bannedUntilMs - nowMs, 10_000);
});

test('a right password starts the count again, but forgets no ban', () => {
  const offender = proven(fails(NO_OFFENCE, 2, 0));
  assert.equal(isBanned(fails(offender, 2, 1), 1), false);
  const banned = proven(fails(NO_OFFENCE, 3, 0));
  assert.equal(fails(banned, 3, 10_000).bans, 2);
});

test('RFC 4291: an IPv6 /64 is one source, an IPv4-mapped address is its IPv4 one', () => {
  assert.equal(sourceOf('192.0.2.1'), '192.0.2.1');
  assert.equal(sourceOf('::ffff:192.0.2.1'), '192.0.2.1');
  assert.equal(sourceOf('2001:db8::1'), '2001:db8:0:0::/64');
  assert.equal(sourceOf('2001:db8:0:0:ffff::9'), sourceOf('2001:db8::1'));
  assert.notEqual(sourceOf('2001:db8:0:1::1'), sourceOf('2001:db8::1'));
});

test('scanners are known by their User-Agent, in any case, and by nothing else', () => {
  const refused = ['friendly-scanner', 'sipcli'];
  assert.equal(isScanner(invite({ 'User-Agent': 'Friendly-Scanner 1' }), refused), true);
  assert.equal(isScanner(invite({ 'user-agent ': ' pbx/sipcli/v1.8' }), refused), true);
  assert.equal(isScanner(invite({ 'User-Agent': 'Telephone 1' }), refused), false);
  assert.equal(isScanner(invite({ Subject: 'friendly-scanner' }), refused), false);
});
