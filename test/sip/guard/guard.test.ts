// The guard itself over a clock that is moved by hand: who passes, who does not, and that a million
// sources cost no more memory than some thousands.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { silentLog } from '../../../core/live.ts';
import { Guard } from '../../../sip/guard/guard.ts';
import type { GuardOptions } from '../../../sip/guard/types.ts';
import { VirtualClock } from '../../support/clock.ts';
import { invite } from '../message/messages.ts';
import { guardOptions } from './support.ts';

const OPTIONS = guardOptions({
  allow: ['192.0.2.0/24', '2001:db8:9::/48'],
  perSource: { perSecond: 2, burst: 4 },
});

const STRANGER = '198.51.100.7';

function guardWith(change: Partial<GuardOptions> = {}) {
  const clock = new VirtualClock();
  return { clock, guard: new Guard({ ...OPTIONS, ...change }, clock, silentLog) };
}

function passes(guard: Guard, address: string, times: number): number {
  let count = 0;
  for (let i = 0; i < times; i++) if (guard.admit(address, invite()) === 'pass') count++;
  return count;
}

test('a source over its rate is answered, others do not notice, and time heals', () => {
  const { guard, clock } = guardWith();
  assert.equal(passes(guard, STRANGER, 10), 4);
  assert.equal(guard.admit(STRANGER, invite()), 'answer');
  assert.equal(passes(guard, '203.0.113.1', 4), 4);
  clock.advance(1_000);
  assert.equal(passes(guard, STRANGER, 10), 2);
  assert.ok((guard.stats()['guardRefusedRate'] ?? 0) >= 15);
});

test('a flood of refusals is met with silence', () => {
  const { guard } = guardWith();
  const answers = Array.from({ length: 200 }, () => guard.admit(STRANGER, invite()));
  assert.equal(answers.filter((answer) => answer === 'answer').length, 20);
  assert.equal(answers.at(-1), 'drop');
});

test('invented addresses exhaust what strangers have together, known sources go on', () => {
  const { guard } = guardWith({ strangers: { perSecond: 10, burst: 10 } });
  guard.authenticated('203.0.113.9', true);
  guard.called('203.0.113.10');
  for (let i = 0; i < 100; i++) guard.admit(`10.1.${i}.1`, invite());
  assert.equal(guard.stats()['guardRefusedFlood'], 90);
  assert.equal(passes(guard, '203.0.113.9', 4), 4);
  assert.equal(passes(guard, '203.0.113.10', 100), 100);
});

test('allowed networks are never limited, refused or banned', () => {
  const { guard } = guardWith();
  for (const address of ['192.0.2.77', '2001:db8:9::1', '::ffff:192.0.2.8']) {
    for (let i = 0; i < 10; i++) guard.authenticated(address, false);
    assert.equal(passes(guard, address, 500), 500);
    assert.equal(guard.admit(address, invite({ 'User-Agent': 'friendly-scanner' })), 'pass');
  }
  assert.deepEqual(guard.bans(), []);
});

test('scanners get nothing; responses are not counted as requests', () => {
  const { guard } = guardWith();
  assert.equal(guard.admit(STRANGER, invite({ 'User-Agent': 'friendly-scanner' })), 'drop');
  assert.equal(guard.stats()['guardRefusedScanner'], 1);
  const response = invite().replace(/^.*\r\n/, 'SIP/2.0 200 OK\r\n');
  for (let i = 0; i < 50; i++) assert.equal(guard.admit(STRANGER, response), 'pass');
});

test('wrong passwords are a ban that is seen, counted, and lifted by hand or by time', () => {
  const { guard, clock } = guardWith();
  for (let i = 0; i < 3; i++) guard.authenticated(STRANGER, false);
  assert.equal(guard.admit(STRANGER, invite()), 'drop');
  const nowMs = clock.nowMs();
  const ban = { source: STRANGER, sinceMs: nowMs, untilMs: nowMs + 30_000, count: 1, dropped: 1 };
  assert.deepEqual(guard.bans(), [ban]);
  assert.equal(guard.stats()['guardBans'], 1);
  assert.equal(guard.liftBan(STRANGER), true);
  assert.equal(guard.liftBan(STRANGER), false);
  assert.equal(guard.admit(STRANGER, invite()), 'pass');
  for (let i = 0; i < 3; i++) guard.authenticated(STRANGER, false);
  clock.advance(30_000);
  assert.deepEqual(guard.bans(), []);
  assert.equal(guard.admit(STRANGER, invite()), 'pass');
});

test('a ban of an IPv6 address is one of its /64, and is lifted under either name', () => {
  const { guard } = guardWith();
  for (let i = 0; i < 3; i++) guard.authenticated(`2001:db8:1::${i}`, false);
  assert.equal(guard.admit('2001:db8:1::77', invite()), 'drop');
  assert.equal(guard.bans()[0]?.source, '2001:db8:1:0::/64');
  assert.equal(guard.liftBan('2001:db8:1:0::/64'), true);
});

test('a million sources, failing and failing again, are remembered within bounds', () => {
  const { guard, clock } = guardWith();
  const text = invite();
  let seed = 1;
  for (let i = 0; i < 1_000_000; i++) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const address = `${seed >>> 24}.${(seed >>> 16) & 255}.${(seed >>> 8) & 255}.${i & 255}`;
    guard.admit(address, text);
    guard.called(address);
    guard.authenticated(address, i % 2 === 0);
    if (i % 1_000 === 0) clock.advance(10);
  }
  for (const name of ['guardSources', 'guardKnown', 'guardOffenders']) {
    const size = guard.stats()[name] ?? 0;
    assert.ok(size > 1_000 && size <= 20_000, `${name} ${size}`);
  }
});
