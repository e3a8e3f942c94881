// Looking for a target, by table. RFC 3261 s.16.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import {
  isBetter,
  startSearch,
  stepSearch,
  type SearchEffect,
  type SearchEvent,
  type SearchState,
} from '../../../sip/control/proxy-search.ts';

const got = (status: number, ...redirects: string[]): SearchEvent => ({
  kind: 'final-received',
  status,
  redirects,
});

function search(
  name: string,
  serial: boolean,
  events: readonly SearchEvent[],
  expected: string,
): void {
  test(name, () => {
    let [state, effects]: readonly [SearchState, readonly SearchEffect[]] = startSearch(
      ['a', 'b'],
      serial,
    );
    for (const event of events) [state, effects] = stepSearch(state, event);
    const words = effects.map((effect) =>
      effect.kind === 'try' ? `try ${effect.target}` : effect.kind,
    );
    assert.equal([state.name, ...words].join(' | '), expected);
  });
}

search('serial: one at a time', true, [], 'searching | try a');
search('simultaneous: all at once', false, [], 'searching | try a | try b');
search('a refusal moves on', true, [got(486)], 'searching | try b');
search('the last refusal goes up', true, [got(486), got(404)], 'over | answer-best | finish');
search('simultaneous waits for all', false, [got(486)], 'searching');
search('a success ends it', false, [got(200)], 'over | cancel-branches | finish');
search('s.16.7: a 6xx ends it', true, [got(603)], 'over | cancel-branches | answer-best | finish');
search('s.16.7: others are cancelled first', false, [got(603)], 'searching | cancel-branches');
search('a challenge ends the search', true, [got(401)], 'over | answer-best | finish');
search('a redirect that is followed comes first', true, [got(302, 'c')], 'searching | try c');
search('the caller cancelled', true, [{ kind: 'cancelled' }], 'over | cancel-branches | finish');
search('over is over', true, [{ kind: 'cancelled' }, got(486)], 'over');

test('s.16.7 step 6: which answer is best', () => {
  const best = [404, 503, 486, 401, 302].reduce((a, b) => (isBetter(b, a) ? b : a));
  assert.equal(best, 302);
  assert.ok(isBetter(603, 200 + 102) && isBetter(401, 404) && isBetter(500, 503));
  assert.ok(!isBetter(503, 486) && isBetter(486, null));
});
