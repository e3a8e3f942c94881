// The byte log against a Map: whatever is added is found until it is due, and not after.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FifoLog, type LogRecord } from '../../../sip/transaction/fifo-log.ts';

function record(text: string): LogRecord {
  return { rule: text.length % 3, mark: 7, port: 5_060, address: '192.0.2.1', text };
}

test('records are found by their keys until they are due', () => {
  const step = fc.record({
    key: fc.integer({ min: 0, max: 300 }),
    length: fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 90_000, max: 300_000 })),
    waitMs: fc.integer({ min: 0, max: 2_000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), fc.integer(), (steps, seed) => {
      const log = new FifoLog(seed);
      const model = new Map<string, { readonly dueMs: number; readonly text: string }>();
      let nowMs = 0;
      for (const { key: number, length, waitMs } of steps) {
        nowMs += waitMs;
        log.expire(nowMs);
        for (const [key, { dueMs }] of model) if (dueMs <= nowMs) model.delete(key);
        const key = `z9hG4bK${number} 192.0.2.1:5060 BYE`;
        const text = String.fromCharCode(0xe9).repeat(length);
        if (!model.has(key)) {
          log.add(key, nowMs + 32_000, record(text));
          model.set(key, { dueMs: nowMs + 32_000, text });
        }
        assert.equal(log.size, model.size);
        for (let i = 0; i <= 300; i += 20) {
          const asked = `z9hG4bK${i} 192.0.2.1:5060 BYE`;
          const known = model.get(asked);
          assert.deepEqual(log.find(asked), known === undefined ? null : record(known.text));
        }
      }
      for (const [key, { text }] of model) assert.deepEqual(log.find(key), record(text));
      log.expire(Infinity);
      assert.equal(log.size, 0);
      assert.equal(log.nextDueMs, null);
      for (const key of model.keys()) assert.equal(log.find(key), null);
    }),
    { numRuns: 60 },
  );
});

test('what is forgotten gives its bytes to what comes', () => {
  const log = new FifoLog(1);
  const text = 'x'.repeat(400);
  let most = 0;
  for (let i = 0; i < 200_000; i++) {
    log.expire(i);
    log.add(`z9hG4bK${i} 192.0.2.1:5060 BYE`, i + 10_000, record(text));
    most = Math.max(most, log.bytes);
    const before = i - ((i * 7_919) % 10_000);
    if (before < 0) continue;
    if (log.find(`z9hG4bK${before} 192.0.2.1:5060 BYE`) === null) assert.fail(`${before} is lost`);
  }
  assert.equal(log.size, 10_000);
  // 10,000 records of less than 500 bytes, their index, and two blocks that are not full.
  assert.ok(most < 10_000 * 500 + 4 * 32_768 + 2 * 262_144, `${most} bytes`);
  log.expire(Infinity);
  assert.ok(log.bytes <= 262_144 + 4_096, 'an empty log keeps one block at most');
});
