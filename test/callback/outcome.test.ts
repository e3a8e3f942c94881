// The table of dial outcomes: SIP status, Q.850 cause and tones heard, into one result.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answererOf, resultOfFailure } from '../../callback/outcome.ts';
import type { AttemptResult } from '../../callback/index.ts';
import { failureOf, findingOf } from './support.ts';

const byStatus: readonly (readonly [number | null, AttemptResult])[] = [
  [486, 'BUSY'],
  [600, 'BUSY'],
  [480, 'NO_ANSWER'],
  [408, 'NO_ANSWER'],
  [487, 'NO_ANSWER'],
  [404, 'SIT_TONE'],
  [410, 'SIT_TONE'],
  [484, 'SIT_TONE'],
  [604, 'SIT_TONE'],
  [403, 'REJECTED'],
  [433, 'REJECTED'],
  [603, 'REJECTED'],
  [607, 'REJECTED'],
  [608, 'REJECTED'],
  [302, 'CREATE_CALL_ERROR'],
  [401, 'CREATE_CALL_ERROR'],
  [488, 'CREATE_CALL_ERROR'],
  [500, 'CREATE_CALL_ERROR'],
  [503, 'CREATE_CALL_ERROR'],
  [606, 'CREATE_CALL_ERROR'],
  [null, 'CREATE_CALL_ERROR'],
  [200, 'UNKNOWN'],
];

for (const [status, result] of byStatus) {
  test(`SIP ${status ?? 'nothing'} is ${result}`, () => {
    assert.equal(resultOfFailure(failureOf(status)), result);
  });
}

test('refused by our own rules: a reason of its own, and never the callee', () => {
  const destination = failureOf(403, { refused: 'destination' });
  assert.equal(resultOfFailure(destination), 'DESTINATION_FORBIDDEN');
  const callerId = failureOf(403, { refused: 'caller-id' });
  assert.equal(resultOfFailure(callerId), 'CREATE_CALL_ERROR');
});

const byCause: readonly (readonly [number, AttemptResult])[] = [
  [1, 'SIT_TONE'],
  [3, 'ERROR_TONE'],
  [17, 'BUSY'],
  [18, 'NO_ANSWER'],
  [19, 'NO_ANSWER'],
  [20, 'NO_ANSWER'],
  [21, 'REJECTED'],
  [22, 'SIT_TONE'],
  [27, 'ERROR_TONE'],
  [28, 'SIT_TONE'],
  [34, 'CREATE_CALL_ERROR'],
];

for (const [q850Cause, result] of byCause) {
  test(`Q.850 cause ${q850Cause} is ${result}, whatever the status`, () => {
    assert.equal(resultOfFailure(failureOf(503, { q850Cause })), result);
  });
}

test('an unknown cause (16, normal clearing) leaves it to the status', () => {
  assert.equal(resultOfFailure(failureOf(486, { q850Cause: 16 })), 'BUSY');
});

test('our own CANCEL is no answer, unless a tone had said more', () => {
  assert.equal(resultOfFailure(failureOf(487, { cancelledByUs: true })), 'NO_ANSWER');
  assert.equal(resultOfFailure(failureOf(null, { cancelledByUs: true })), 'NO_ANSWER');
  const heard = (kind: string, confidence = 0.9) => ({
    cancelledByUs: true,
    cpd: { ...findingOf(kind), confidence },
  });
  assert.equal(resultOfFailure(failureOf(487, heard('busy'))), 'BUSY');
  assert.equal(resultOfFailure(failureOf(487, heard('reorder'))), 'ERROR_TONE');
  assert.equal(resultOfFailure(failureOf(null, heard('sit'))), 'SIT_TONE');
  assert.equal(resultOfFailure(failureOf(487, heard('fax'))), 'FAX');
  assert.equal(resultOfFailure(failureOf(487, heard('busy', 0.4))), 'NO_ANSWER');
  assert.equal(resultOfFailure(failureOf(487, heard('ringback'))), 'NO_ANSWER');
});

test('after the answer: machine and beep are a machine, tones nobody, every doubt a person', () => {
  const kinds = ['person', 'silence', 'undecided', 'music', 'ringback', 'new-word'];
  for (const kind of kinds) {
    assert.deepEqual(answererOf(findingOf(kind)), { kind: 'person', sure: kind === 'person' });
  }
  assert.deepEqual(answererOf(findingOf('machine')), { kind: 'machine' });
  assert.deepEqual(answererOf(findingOf('beep')), { kind: 'machine' });
  assert.deepEqual(answererOf(findingOf('fax')), { kind: 'nobody', result: 'FAX' });
  assert.deepEqual(answererOf(findingOf('sit')), { kind: 'nobody', result: 'SIT_TONE' });
});
