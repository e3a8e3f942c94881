// How much may be asked for: per number, per queue, per anything attached, waiting at one time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RingbackError, unavailable } from '../../core/errors.ts';
import { defaultLimits } from '../../callback/door.ts';
import { RateBook } from '../../callback/rates.ts';
import { MemoryStore } from '../../callback/index.ts';
import type { CallbackLimits } from '../../callback/index.ts';
import { VirtualClock } from '../support/clock.ts';
import type { Bench } from './support.ts';
import { benchOf, countingIds, requestOf, settingsOf, startMs } from './support.ts';

function limited(changes: Partial<CallbackLimits>) {
  return [settingsOf({ limits: { ...defaultLimits, ...changes } })];
}

async function refused(bench: Bench, changes: Parameters<typeof requestOf>[0]) {
  const asked = bench.callbacks.create(requestOf(changes)).then(
    () => assert.fail('it was accepted'),
    (fault: unknown) => (fault instanceof RingbackError ? fault : assert.fail(String(fault))),
  );
  bench.tick();
  return asked;
}

async function cancelled(bench: Bench, id: string): Promise<void> {
  const asked = bench.callbacks.cancel(id);
  bench.tick();
  await asked;
}

test('per number: refused until the window has moved on, also after a restart', async () => {
  const settings = limited({ perNumber: { count: 2, windowSeconds: 3_600 } });
  const store = new MemoryStore();
  const clock = new VirtualClock(startMs);
  const ids = countingIds();
  const first = await benchOf({ settings, store, clock, ids });
  await cancelled(first, await first.promised());
  first.tick(600_000);
  await cancelled(first, await first.promised());
  const fault = await refused(first, {});
  assert.equal(fault.code, 'CALLBACK_RATE_LIMITED');
  assert.equal(fault.verdict.httpStatus, 429);
  assert.equal(fault.fields['by'], 'number');
  assert.equal(fault.fields['retryAfterSeconds'], 3_000);
  await first.promised({ customerNumber: '+12025550102' });
  await first.callbacks.stop();
  const second = await benchOf({ settings, store, clock, ids });
  assert.equal((await refused(second, {})).code, 'CALLBACK_RATE_LIMITED');
  second.tick(3_000_000);
  await second.promised();
});

test('per queue in two windows, and per key of what is attached', async () => {
  const bench = await benchOf({
    settings: limited({
      perQueue: [
        { count: 3, windowSeconds: 60 },
        { count: 4, windowSeconds: 3_600 },
      ],
      perKey: [{ key: 'device', count: 1, windowSeconds: 600 }],
    }),
  });
  const ask = (at: number, device?: string) => ({
    customerNumber: `+1202555010${at}`,
    userData: device === undefined ? {} : { device },
  });
  await bench.promised(ask(1, 'a'));
  assert.equal((await refused(bench, ask(2, 'a'))).fields['by'], 'device');
  await bench.promised(ask(2, 'b'));
  await bench.promised(ask(3));
  assert.equal((await refused(bench, ask(4))).fields['windowSeconds'], 60);
  bench.tick(61_000);
  await bench.promised(ask(4));
  assert.equal((await refused(bench, ask(5))).fields['windowSeconds'], 3_600);
});

test('waiting at one time: per number and per queue', async () => {
  const bench = await benchOf({ settings: limited({ waitingPerNumber: 2, maxWaiting: 3 }) });
  const first = await bench.promised();
  await bench.promised();
  assert.equal((await refused(bench, {})).code, 'CALLBACK_DUPLICATE');
  await bench.promised({ customerNumber: '+12025550102' });
  const full = await refused(bench, { customerNumber: '+12025550103' });
  assert.equal(full.code, 'CALLBACK_LIMIT_REACHED');
  await cancelled(bench, first);
  await bench.promised();
});

test('what was not committed does not count', async () => {
  class FullStore extends MemoryStore {
    full = true;
    override commit(...writes: Parameters<MemoryStore['commit']>) {
      if (this.full) throw unavailable('STORE_UNAVAILABLE', 'disk full');
      return super.commit(...writes);
    }
  }
  const store = new FullStore();
  const settings = limited({ perNumber: { count: 1, windowSeconds: 60 } });
  const bench = await benchOf({ settings, store });
  assert.equal((await refused(bench, {})).code, 'STORE_UNAVAILABLE');
  store.full = false;
  bench.tick(2_000);
  await bench.promised();
});

test('a window never lets more through than its count', () => {
  const limit = { count: 3, windowSeconds: 10 };
  const limits: CallbackLimits = { ...defaultLimits, perNumber: limit };
  const one = { queueId: 'q', customerNumber: '+1', userData: {} };
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 6_000 }), { maxLength: 60 }), (gaps) => {
      const book = new RateBook();
      const accepted: number[] = [];
      let nowMs = 1_000_000;
      for (const gapMs of gaps) {
        nowMs += gapMs;
        const exceeded = book.exceeded(one, limits, nowMs);
        const counted = accepted.filter((atMs) => atMs > nowMs - 10_000).length;
        assert.equal(exceeded !== null, counted >= 3);
        if (exceeded === null) {
          book.accept(one, limits, nowMs);
          accepted.push(nowMs);
        } else {
          const { retryAtMs } = exceeded;
          assert.ok(retryAtMs > nowMs && retryAtMs <= nowMs + 10_000);
          const then = accepted.filter((atMs) => atMs > retryAtMs - 10_000).length;
          assert.ok(then < 3, 'then one passes');
        }
      }
    }),
  );
});
