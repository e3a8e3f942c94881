// The test phone against itself: what it does wrong here it would blame on the engine elsewhere.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { describe, test } from 'node:test';
import { bestCorrelation } from './audio.ts';
import type { PhoneOptions } from './phone.ts';
import { Phone, PhoneError } from './phone.ts';
import { CODECS } from './phone/sound.ts';
import { busy, machine, noAnswer, person } from './phone/behaviours.ts';
import { until } from './until.ts';

const SECOND = 8000;

async function open(t: TestContext, options: PhoneOptions): Promise<Phone> {
  const phone = await Phone.open(options);
  t.after(() => phone.close());
  return phone;
}

async function pair(t: TestContext, callee: Partial<PhoneOptions> = {}) {
  const alice = await open(t, { name: 'alice' });
  const bob = await open(t, { name: 'bob', ...callee });
  return { alice, bob };
}

/** A second of sweep: correlates with itself at one place only. */
function sweep(fromHz: number, toHz: number): Int16Array {
  let phase = 0;
  return Int16Array.from({ length: SECOND }, (_, i) => {
    phase += (2 * Math.PI * (fromHz + ((toHz - fromHz) * i) / SECOND)) / SECOND;
    return Math.round(8000 * Math.sin(phase));
  });
}

/** How surely a part of `said` is anywhere in `heard`, 0 to 1. */
function correlation(heard: Int16Array, said: Int16Array): number {
  return bestCorrelation(said.subarray(800, 2400), heard, 60_000).correlation;
}

describe('sound of the test phone', { concurrency: 3 }, () => {
  test('ITU-T G.711: the levels of both laws', () => {
    const levels = (codec: 'PCMU' | 'PCMA', codes: number[]) =>
      codes.map((code) => CODECS[codec].decode[code]);
    assert.deepEqual(levels('PCMU', [0x00, 0x80, 0xff, 0xfe, 0xef]), [-32124, 32124, 0, 8, 132]);
    assert.deepEqual(levels('PCMA', [0x2a, 0xaa, 0xd5, 0x55, 0xd4]), [-32256, 32256, 8, -8, 24]);
    for (const { encode, decode } of Object.values(CODECS)) {
      for (let level = -32_768; level < 32_768; level += 7) {
        const back = decode[encode[level + 32_768] ?? 0] ?? 0;
        assert.ok(Math.abs(back - level) <= Math.max(10, Math.abs(level) / 24), `${level} ${back}`);
      }
    }
  });

  for (const codec of ['PCMU', 'PCMA'] as const) {
    test(`two phones hear each other in ${codec}`, async (t) => {
      const { alice, bob } = await pair(t, { codec, onlyCodec: true });
      const [up, down] = [sweep(300, 1500), sweep(2500, 900)];
      bob.onCall(async (call) => {
        await call.answer();
        await call.play(up);
      });
      const call = await alice.dial({ to: bob.uri });
      await call.play(down);
      const other = await until('the callee', () => bob.calls[0]);
      await until(
        'a second heard',
        () => call.heard().length > SECOND && other.heard().length > SECOND,
      );
      assert.ok(correlation(call.heard(), up) > 0.98);
      assert.ok(correlation(other.heard(), down) > 0.98);
      assert.ok(correlation(other.heard(), up) < 0.5);
      await call.hangUp('Q.850;cause=16');
      assert.deepEqual(await other.ended, { by: 'peer', status: 200, reason: 'Q.850;cause=16' });
      assert.equal((await call.ended).by, 'us');
    });
  }
});

describe('what the test phone hears', { concurrency: 3 }, () => {
  test('early media is heard before the answer, digits after it', async (t) => {
    const { alice, bob } = await pair(t);
    const ringback = sweep(440, 480);
    bob.onCall(async (call) => {
      void call.earlyMedia(ringback, { loop: true });
      await until('heard', () => call.packets.sent > 25);
      call.stopPlaying();
      await call.answer();
    });
    const call = await alice.dial({ to: bob.uri });
    assert.ok(correlation(call.heard(), ringback) > 0.98);
    await call.sendDtmf('42#');
    await until('the digits', () => bob.calls[0]?.digits === '42#');
  });

  test('a machine records what it is told and hangs up after silence', async (t) => {
    const { alice, bob } = await pair(t);
    const told: Int16Array[] = [];
    const greeting = sweep(300, 400).subarray(0, 3200);
    const onMessage = (message: Int16Array) => told.push(message);
    bob.onCall(machine({ greeting, ringMs: 10, pauseMs: 10, silenceMs: 1500, onMessage }));
    const call = await alice.dial({ to: bob.uri });
    await until('the greeting', () => call.heard().length > greeting.length + 800);
    const message = sweep(700, 1800);
    await call.play(message);
    assert.equal((await call.ended).by, 'peer');
    assert.ok(correlation(call.heard(), greeting) > 0.98);
    assert.ok(correlation(told[0] ?? new Int16Array(), message) > 0.98);
  });
});

describe('calls of the test phone', { concurrency: 4 }, () => {
  test('a busy phone answers 486 with its Q.850 cause', async (t) => {
    const { alice, bob } = await pair(t);
    bob.onCall(busy());
    const call = await alice.place({ to: bob.uri });
    await assert.rejects(call.answered, (error: PhoneError) => error.status === 486);
    assert.match((await call.ended).reason, /^Q\.850;cause=17/);
    await assert.rejects(alice.dial({ to: bob.uri }), PhoneError);
  });

  test('s.9.1: a caller who gives up cancels; the callee sees why and answers 487', async (t) => {
    const { alice, bob } = await pair(t);
    bob.onCall(noAnswer());
    const call = await alice.place({ to: bob.uri });
    await until('ringing', () => call.ringingAtMs);
    call.cancel('SIP;cause=200;text="enough"');
    const end = await call.ended;
    assert.deepEqual({ by: end.by, status: end.status }, { by: 'cancelled', status: 487 });
    const seen = await bob.calls[0]?.ended;
    assert.deepEqual(seen, { by: 'cancelled', status: 487, reason: 'SIP;cause=200;text="enough"' });
  });

  test('s.13.3.1: an INVITE unanswered at its Expires is refused with 487', async (t) => {
    const { alice, bob } = await pair(t);
    bob.onCall(noAnswer());
    const call = await alice.place({ to: bob.uri, headers: [['Expires', '1']] });
    assert.equal((await call.ended).status, 487);
    assert.equal((await bob.calls[0]?.ended)?.by, 'expired');
  });

  test('calls at once are counted, in all and to one number', async (t) => {
    const { alice, bob } = await pair(t);
    bob.onCall(person({ hello: sweep(300, 400), ringMs: 0, pauseMs: 0 }));
    const to = (user: string) => alice.dial({ to: `sip:${user}@127.0.0.1:${bob.address.port}` });
    const first = await to('+15550101');
    const second = await to('+15550102');
    await first.hangUp();
    await second.hangUp();
    await until('both ended', () => bob.calls.every((call) => !call.live));
    await (await to('+15550101')).hangUp();
    assert.equal(bob.maxConcurrentCalls, 2);
    assert.equal(bob.maxConcurrentCallsTo('+15550101'), 1);
    assert.deepEqual(
      bob.calls.map((call) => call.localUser),
      ['+15550101', '+15550102', '+15550101'],
    );
  });
});

describe('the test phone under harder conditions', { concurrency: 4 }, () => {
  for (const status of [401, 407] as const) {
    for (const algorithm of ['MD5', 'SHA-256'] as const) {
      test(`a trunk that challenges with ${status} ${algorithm}`, async (t) => {
        const credentials = { username: 'trunk-user', password: 'open sesame' };
        const challenge = { ...credentials, realm: 'trunk.example', status, algorithm };
        const { alice, bob } = await pair(t, { challenge });
        bob.onCall((call) => call.answer());
        const call = await alice.dial({ to: bob.uri, auth: credentials });
        assert.equal(bob.calls.length, 1);
        await call.hangUp();
        const wrong = alice.dial({ to: bob.uri, auth: { ...credentials, password: 'no' } });
        await assert.rejects(wrong, (error: PhoneError) => error.status === 403);
        await assert.rejects(
          alice.dial({ to: bob.uri }),
          (error: PhoneError) => error.status === status,
        );
      });
    }
  }

  test('s.17: every first message lost still makes a call and ends it', async (t) => {
    const seen = new Set<string>();
    const dropSent = (_n: number, message: { startLine: string; headers: unknown }) => {
      const kind = message.startLine.split(' ').slice(0, 2).join(' ');
      const first = !seen.has(kind);
      seen.add(kind);
      return first && !kind.endsWith('100');
    };
    const alice = await open(t, { name: 'alice', dropSent });
    const bob = await open(t, { name: 'bob', dropSent });
    bob.onCall((call) => call.answer());
    const call = await alice.dial({ to: bob.uri });
    await call.hangUp();
    assert.equal((await bob.calls[0]?.ended)?.by, 'peer');
    assert.equal(bob.calls.length, 1);
  });

  test('RFC 3264 s.8.4: a held phone stops sending and goes on when resumed', async (t) => {
    const { alice, bob } = await pair(t, { rtpFromOtherPort: true });
    bob.onCall((call) => call.answer());
    const call = await alice.dial({ to: bob.uri });
    const other = await until('the callee', () => bob.calls[0]);
    await until('sound', () => other.packets.received > 3);
    await call.reinvite(true);
    assert.equal(other.offersReceived, 1);
    assert.equal(call.remoteAudio?.direction, 'recvonly');
    const sent = other.packets.sent;
    await until('more sound one way', () => other.packets.received > 20);
    assert.ok(other.packets.sent - sent <= 1);
    await call.reinvite(false);
    await until('sound again', () => other.packets.sent > sent + 5);
    other.refuseOffersWith = 488;
    await assert.rejects(call.reinvite(), (error: PhoneError) => error.status === 488);
  });
});
