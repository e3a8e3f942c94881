// The gate for headers from outside, and what is read from Reason.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RingbackError } from '../../../core/errors.ts';
import {
  checkHeaders,
  displayNameOf,
  phrase,
  q850CauseOf,
  quoted,
  reasonTextOf,
  reasonValue,
} from '../../../sip/apps/headers.ts';

function isRefused(headers: Record<string, string>): boolean {
  try {
    checkHeaders(headers);
    return false;
  } catch (error) {
    assert.ok(error instanceof RingbackError);
    assert.equal(error.code, 'SIP_HEADER_REFUSED');
    assert.equal(error.verdict.httpStatus, 400);
    return true;
  }
}

/** Any text, control characters included and likely. */
const text = fc
  .array(fc.integer({ min: 0, max: 0x2ff }), { maxLength: 100 })
  .map((codes) => String.fromCharCode(...codes));

test('ordinary headers pass', () => {
  checkHeaders({ 'X-Interaction': 'a1', 'P-Asserted-Identity': '<sip:+1@x>', Subject: 'grüß "a"' });
});

test('values cannot begin another line', () => {
  for (const bad of ['a\r\nVia: x', 'a\nb', 'a\rb', 'a\0b', '\u007f']) {
    assert.ok(isRefused({ 'X-A': bad }), JSON.stringify(bad));
  }
});

test('names are tokens, and escapes that srf would undo are not', () => {
  for (const bad of ['', 'X A', 'X:A', 'X\r\nVia', 'Xé', 'X%0D%0AVia', 'v', 'x'.repeat(65)]) {
    assert.ok(isRefused({ [bad]: '1' }), JSON.stringify(bad));
  }
});

test('what the stack writes itself is refused in any case', () => {
  for (const bad of ['Via', 'call-id', 'CONTENT-LENGTH', 'From', 'Route', 'Contact']) {
    assert.ok(isRefused({ [bad]: '1' }), bad);
  }
});

test('there are limits', () => {
  assert.ok(isRefused({ 'X-A': 'a'.repeat(2_049) }));
  const many = Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`X-${i}`, '1']));
  assert.ok(isRefused(many));
});

test('property: what passes stays on its line', () => {
  fc.assert(
    fc.property(text, text, (name, value) => {
      if (isRefused({ [name]: value })) return;
      assert.match(decodeURI(name), /^[^\s:]+$/);
      assert.doesNotMatch(value, /[\r\n\0]/);
    }),
  );
});

test('property: quoted text and phrases are one line, and quoting is undone', () => {
  fc.assert(
    fc.property(text, (given) => {
      assert.doesNotMatch(quoted(given), /[\r\n\0]/);
      assert.doesNotMatch(phrase(given), /[\r\n\0]/);
      assert.equal(displayNameOf(quoted(given)), phrase(given) === '' ? null : phrase(given));
    }),
  );
});

test('the Q.850 cause is found among other reasons (RFC 3326)', () => {
  assert.equal(q850CauseOf('Q.850;cause=17;text="User busy"'), 17);
  assert.equal(q850CauseOf('SIP;cause=486;text="a, Q.850;cause=1", q.850 ;text="x";cause=21'), 21);
  assert.equal(q850CauseOf('SIP;cause=486'), null);
  assert.equal(q850CauseOf('Q.850;cause=abc'), null);
  assert.equal(q850CauseOf(undefined), null);
});

test('a reason is written and its text read back', () => {
  assert.equal(reasonValue('SIP', 487, 'a "b"'), 'SIP;cause=487;text="a \\"b\\""');
  assert.equal(reasonTextOf(reasonValue('Q.850', 16, 'a; "b", c')), 'a; "b", c');
  assert.equal(reasonTextOf('SIP;cause=1'), null);
});
