// The session timer by table. RFC 4028.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import {
  parseSessionExpires,
  startSession,
  stepSession,
  type SessionEffect,
  type SessionEvent,
  type SessionState,
} from '../../../sip/dialog/session-timer.ts';

const agree = (weRefresh: boolean, intervalSeconds: number | null = 1_800): SessionEvent => ({
  kind: 'negotiated',
  intervalSeconds,
  weRefresh,
});
const fired: SessionEvent = { kind: 'timer-fired' };
const failed = (status: number): SessionEvent => ({ kind: 'refresh-failed', status });

function session(name: string, events: readonly SessionEvent[], expected: string): void {
  test(name, () => {
    let state: SessionState = startSession;
    let effects: readonly SessionEffect[] = [];
    for (const event of events) [state, effects] = stepSession(state, event);
    const words = effects.map((effect) =>
      effect.kind === 'start-timer' ? `start ${effect.afterMs}` : effect.kind,
    );
    assert.equal([state.name, ...words].join(' | '), expected);
  });
}

session(
  's.10: the refresher acts at half the interval',
  [agree(true)],
  'refresher | stop-timer | start 900000',
);
session(
  's.10: the other watches for all of it',
  [agree(false)],
  'watcher | stop-timer | start 1800000',
);
session('s.10: refresh', [agree(true), fired], 'refreshing | refresh');
session(
  's.10: refreshed',
  [agree(true), fired, agree(true)],
  'refresher | stop-timer | start 900000',
);
session('s.10: not refreshed', [agree(false), fired], 'off | hang-up');
session('s.10: refused', [agree(true), fired, failed(481)], 'off | stop-timer | hang-up');
session('glare: soon again', [agree(true), fired, failed(491)], 'refresher | start 3000');
session(
  'a 2xx without interval ends the timer',
  [agree(true), agree(true, null)],
  'off | stop-timer',
);
session('a failure of nothing means nothing', [agree(true), failed(500)], 'refresher');
session('off has no timers', [fired], 'off');

test('s.4: Session-Expires is read, and refused under 90 s', () => {
  assert.deepEqual(parseSessionExpires('1800;refresher=UAS'), { seconds: 1_800, refresher: 'uas' });
  assert.deepEqual(parseSessionExpires('90'), { seconds: 90, refresher: null });
  for (const bad of [null, '', '89', 'x', '-5', '9999999999']) {
    assert.equal(parseSessionExpires(bad), null, String(bad));
  }
});
