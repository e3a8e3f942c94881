// Nonces: bound, aging, and remembered within bounds without letting replays through.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NonceBook } from '../../../sip/apps/nonces.ts';

const start = Date.UTC(2026, 0, 5);

test('a nonce is ours, for its source, for its time', () => {
  const book = new NonceBook(1_000);
  const nonce = book.mint('192.0.2.1', start);
  assert.equal(book.judge(nonce, '192.0.2.1', start), 'good');
  assert.equal(book.judge(nonce, '192.0.2.1', start + 1_000), 'good');
  assert.equal(book.judge(nonce, '192.0.2.1', start + 1_001), 'stale');
  assert.equal(book.judge(nonce, '192.0.2.2', start), 'foreign');
  assert.equal(new NonceBook(1_000).judge(nonce, '192.0.2.1', start), 'foreign');
  assert.equal(book.judge('nonsense', '192.0.2.1', start), 'foreign');
});

test('property: no altered nonce is ours', () => {
  const book = new NonceBook(1_000);
  const nonce = book.mint('192.0.2.1', start);
  fc.assert(
    fc.property(fc.nat(nonce.length - 1), fc.constantFrom(...'0aZ._-'), (at, char) => {
      fc.pre(nonce[at] !== char);
      const altered = nonce.slice(0, at) + char + nonce.slice(at + 1);
      assert.equal(book.judge(altered, '192.0.2.1', start), 'foreign');
    }),
  );
});

test('memory is bounded, and what was forgotten cannot be replayed', () => {
  const book = new NonceBook(1_000_000, 3);
  const nonces = Array.from({ length: 5 }, (_, i) => book.mint('a', start + i));
  for (const nonce of nonces) {
    assert.equal(book.judge(nonce, 'a', start + 5), 'good');
    assert.equal(book.take(nonce, 1, start + 5), true);
  }
  assert.equal(book.size, 3);
  assert.equal(book.judge(nonces[0] ?? '', 'a', start + 5), 'stale', 'forgotten: never again');
  assert.equal(book.judge(nonces[4] ?? '', 'a', start + 5), 'good');
  assert.equal(book.take(nonces[4] ?? '', 1, start + 5), false, 'remembered: no replay');
  assert.equal(book.judge(book.mint('a', start + 6), 'a', start + 6), 'good', 'new ones serve');
});

test('expired nonces leave the memory first, and forgetting those costs nobody anything', () => {
  const book = new NonceBook(1_000, 3);
  const old = Array.from({ length: 3 }, () => book.mint('a', start));
  const early = book.mint('a', start + 900);
  for (const nonce of old) book.take(nonce, 1, start);
  const fresh = book.mint('a', start + 1_500);
  assert.equal(book.take(fresh, 1, start + 1_500), true);
  assert.equal(book.size, 1);
  assert.equal(book.judge(early, 'a', start + 1_500), 'good', 'never used, not yet expired');
});
