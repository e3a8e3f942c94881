// What an attempt came to: SIP final status (RFC 3261 s.21), Q.850 cause (ITU-T Q.850 s.2.2.7,
// carried by RFC 3326) and call progress detection, read into one result. PURE.
import type { AttemptResult } from './model.ts';
import type { CpdFinding, DialFailure } from './ports.ts';

/** Below this a tone heard before the answer does not overrule what signalling says. */
const minToneConfidence = 0.5;

/** Tones heard in early media; more telling than the status that ended the call. */
const resultOfTone: Readonly<Record<string, AttemptResult>> = {
  busy: 'BUSY',
  reorder: 'ERROR_TONE',
  sit: 'SIT_TONE',
  fax: 'FAX',
};

const resultOfCause: Readonly<Record<number, AttemptResult>> = {
  1: 'SIT_TONE', // unallocated number
  2: 'ERROR_TONE', // no route to transit network
  3: 'ERROR_TONE', // no route to destination
  4: 'SIT_TONE', // send special information tone
  17: 'BUSY', // user busy
  18: 'NO_ANSWER', // no user responding
  19: 'NO_ANSWER', // no answer from user (alerted)
  20: 'NO_ANSWER', // subscriber absent
  21: 'REJECTED', // call rejected
  22: 'SIT_TONE', // number changed
  27: 'ERROR_TONE', // destination out of order
  28: 'SIT_TONE', // invalid number format
  34: 'CREATE_CALL_ERROR', // no circuit available
  38: 'CREATE_CALL_ERROR', // network out of order
  41: 'CREATE_CALL_ERROR', // temporary failure
  42: 'CREATE_CALL_ERROR', // switching equipment congestion
};

const resultOfStatus: Readonly<Record<number, AttemptResult>> = {
  403: 'REJECTED',
  404: 'SIT_TONE',
  408: 'NO_ANSWER',
  410: 'SIT_TONE',
  433: 'REJECTED', // anonymity disallowed
  480: 'NO_ANSWER',
  484: 'SIT_TONE',
  486: 'BUSY',
  487: 'NO_ANSWER',
  600: 'BUSY',
  603: 'REJECTED',
  604: 'SIT_TONE',
  607: 'REJECTED', // unwanted
  608: 'REJECTED', // rejected by an intermediary
};

/** The result of a call that was never answered: tone heard, then cause, then status. */
export function resultOfFailure(failure: DialFailure): AttemptResult {
  const { cpd, q850Cause, sipStatus, refused } = failure;
  if (refused === 'destination') return 'DESTINATION_FORBIDDEN';
  if (refused === 'caller-id') return 'CREATE_CALL_ERROR';
  if (cpd !== null && cpd.confidence >= minToneConfidence) {
    const byTone = resultOfTone[cpd.kind];
    if (byTone !== undefined) return byTone;
  }
  const byCause = q850Cause === null ? undefined : resultOfCause[q850Cause];
  if (byCause !== undefined) return byCause;
  if (sipStatus === null) return failure.cancelledByUs ? 'NO_ANSWER' : 'CREATE_CALL_ERROR';
  const byStatus = resultOfStatus[sipStatus];
  if (byStatus !== undefined) return byStatus;
  if (failure.cancelledByUs) return 'NO_ANSWER';
  return sipStatus < 300 ? 'UNKNOWN' : 'CREATE_CALL_ERROR';
}

/** Who or what answered. */
export type Answerer =
  /** `sure` false: nobody was recognised, and a doubt is decided for the person. */
  | { readonly kind: 'person'; readonly sure: boolean }
  | { readonly kind: 'machine' }
  | { readonly kind: 'nobody'; readonly result: AttemptResult };

/**
 * Reads the verdict given after the answer. Silence, music and doubt count as a person: a person
 * treated as a machine is a broken promise, the contrary costs an agent some seconds.
 */
export function answererOf(finding: CpdFinding): Answerer {
  if (finding.kind === 'machine' || finding.kind === 'beep') return { kind: 'machine' };
  const result = resultOfTone[finding.kind];
  if (result !== undefined) return { kind: 'nobody', result };
  return { kind: 'person', sure: finding.kind === 'person' };
}
