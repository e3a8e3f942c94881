// Calls over two carriers, on real sockets: one that cannot, one that can.
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import type { OriginateRequest, SipOptions, TrunkOptions } from '../../../../sip/index.ts';
import { header } from '../../../support/phone/message.ts';
import { until } from '../../../support/until.ts';
import { answers, openCarrier, reply, silent } from '../support/carrier.ts';
import type { Carrier, Conduct } from '../support/carrier.ts';
import { sipOptions, trunkOptions } from '../support/options.ts';
import { Notes, openWorld, request } from '../support/world.ts';

/** Notes that also know the trunks. */
class TrunkNotes extends Notes {
  readonly trunks: string[] = [];

  trunkChosen(trunk: string): void {
    this.trunks.push(trunk);
  }
}

const THROUGH_BOTH = { kind: 'number', number: '+12125550123', trunk: 'both' } as const;

/** A world with trunk `a`, tried first, and trunk `b`, as group `both`. */
async function twoTrunks(
  t: TestContext,
  invites: { readonly a: Conduct; readonly b?: Conduct },
  options: { readonly a?: Partial<TrunkOptions>; readonly b?: Partial<TrunkOptions> } = {},
  bHost = '127.0.0.1',
) {
  let stop = async (): Promise<void> => undefined;
  // Hooks run in this order: the carriers are still there for the last BYEs.
  t.after(() => stop());
  const a = await openCarrier(t, { INVITE: invites.a });
  const b = await openCarrier(t, { INVITE: invites.b ?? answers }, bHost);
  const sip: Partial<SipOptions> = {
    engine: {
      ...sipOptions().engine,
      timers: { t1Ms: 100, t2Ms: 4_000, t4Ms: 5_000, inviteSilenceMs: 900 },
    },
    trunks: [
      trunkOptions({ name: 'a', ...placeOf(a), ...options.a }),
      trunkOptions({ name: 'b', ...placeOf(b), ...options.b }),
    ],
    trunkGroups: [
      {
        name: 'both',
        members: [
          { trunk: 'a', priority: 1, weight: 1 },
          { trunk: 'b', priority: 2, weight: 1 },
        ],
      },
    ],
  };
  const world = await openWorld(t, { options: sip });
  stop = () => world.sip.stop();
  const call = (change: Partial<OriginateRequest> = {}) => {
    const notes = new TrunkNotes();
    const leg = world.sip.originate(request({ target: THROUGH_BOTH, ...change }), notes);
    return { notes, leg };
  };
  const stateOf = (name: string) => world.sip.trunks().find((trunk) => trunk.name === name);
  return { a, b, world, call, stateOf };
}

function placeOf({ address }: Carrier) {
  return { host: address.host, port: address.port };
}

test('503 with Retry-After: the other trunk carries it, and the first one rests', async (t) => {
  const conduct = reply(503, 'Service Unavailable', [['Retry-After', '2']]);
  const { a, b, world, call, stateOf } = await twoTrunks(t, { a: conduct });
  const { notes, leg } = call();
  await notes.heard('answered');
  assert.deepEqual(notes.trunks, ['a', 'b']);
  const invites = world.trace.filter(
    ({ startLine, direction }) => startLine.startsWith('INVITE') && direction === 'sent',
  );
  assert.deepEqual(new Set(invites.map(({ callId }) => callId)), new Set([leg.callId]));
  assert.equal((await world.sip.stats())['liveCalls'], 1);
  assert.equal(stateOf('a')?.state, 'resting');
  assert.match(stateOf('a')?.reason ?? '', /Retry-After/);
  assert.deepEqual(
    stateOf('a')?.failures.map(({ what, status }) => [what, status]),
    [['call', 503]],
  );
  const second = call();
  await second.notes.heard('answered');
  assert.deepEqual(second.notes.trunks, ['b'], 'it asked for a pause and gets it');
  assert.deepEqual([a.count('INVITE'), b.count('INVITE')], [1, 2]);
  assert.deepEqual([stateOf('a')?.liveCalls, stateOf('b')?.liveCalls], [0, 2]);
  leg.hangUp('done');
  second.leg.hangUp('done');
  await until('the turns to be given back', () => stateOf('b')?.liveCalls === 0);
  await until('the rest to be over', () => stateOf('a')?.state === 'up');
});

test('a trunk of which nothing is heard is left for the next', async (t) => {
  const { a, call } = await twoTrunks(t, { a: silent });
  const { notes } = call();
  await notes.heard('answered');
  assert.deepEqual(notes.trunks, ['a', 'b']);
  assert.equal(a.count('INVITE'), 1);
});

test('with little time left the next trunk is not tried: no telephone chirps', async (t) => {
  const { b, call } = await twoTrunks(t, { a: silent });
  const { notes } = call({ ringTimeoutMs: 1_000 });
  await notes.heard('failed 408');
  assert.equal(b.count('INVITE'), 0);
});

test('a connection that is refused is left for the next', async (t) => {
  const { call } = await twoTrunks(t, { a: silent }, { a: { protocol: 'tcp' } });
  const { notes } = call();
  await notes.heard('answered');
  assert.deepEqual(notes.trunks, ['a', 'b']);
});

test('nobody is rung twice: after 180 a failure is final', async (t) => {
  const ringsThenFails: Conduct = (asked, nth) => {
    reply(180, 'Ringing')(asked, nth);
    reply(503, 'Service Unavailable')(asked, nth);
  };
  const { b, call } = await twoTrunks(t, { a: ringsThenFails });
  const { notes } = call();
  await notes.heard('failed 503');
  assert.deepEqual(notes.told, ['180', 'failed 503']);
  assert.equal(b.count('INVITE'), 0);
});

test('a slow trunk that said 100 is waited for', async (t) => {
  const slow: Conduct = (asked, nth) => {
    asked.respond(100, 'Trying');
    setTimeout(() => answers(asked, nth), 1_300);
  };
  const { b, call } = await twoTrunks(t, { a: slow });
  const { notes, leg } = call();
  await notes.heard('answered');
  assert.deepEqual(notes.trunks, ['a']);
  assert.equal(b.count('INVITE'), 0);
  leg.hangUp('done');
});

test('busy is busy, and so is no circuit for a busy number', async (t) => {
  const { b, call } = await twoTrunks(t, {
    a: (asked, nth) => {
      const reason = [['Reason', 'Q.850;cause=17']] as const;
      (nth === 1 ? reply(486, 'Busy Here') : reply(503, 'No', reason))(asked, nth);
    },
  });
  await call().notes.heard('failed 486');
  await call().notes.heard('failed 503');
  assert.equal(b.count('INVITE'), 0);
});

test('when no trunk can, the last failure is told; a hang-up stops the search', async (t) => {
  let endIt: () => void = () => undefined;
  const { a, b, call } = await twoTrunks(t, {
    a: reply(500, 'Out'),
    b: (asked, nth) => {
      asked.respond(100, 'Trying');
      endIt = () => reply(487, 'Request Terminated')(asked, nth);
    },
  });
  const { notes, leg } = call();
  await until('the second trunk to be tried', () => b.count('INVITE') === 1);
  await until('the CANCEL to be possible', () => notes.trunks.length === 2);
  leg.hangUp('enough');
  await until('the CANCEL', () => b.count('CANCEL') === 1);
  b.become({ INVITE: reply(504, 'Late') });
  endIt();
  await notes.heard('failed 487');
  assert.equal(notes.failure?.cancelledByUs, true);
  const next = call();
  await next.notes.heard('failed 504');
  assert.deepEqual([a.count('INVITE'), b.count('INVITE')], [2, 2]);
});

test('a redirect is followed to an allowed host only', async (t) => {
  const host = '127.0.0.2';
  let to = '';
  const moved: Conduct = (asked, nth) => reply(302, 'Moved', [['Contact', to]])(asked, nth);
  const redirects = { max: 3, allowedHosts: [host] };
  const strict = await twoTrunks(t, { a: moved }, {}, host);
  to = `<sip:+12125550123@${host}:${strict.b.address.port}>`;
  const refused = strict.call({ target: { ...THROUGH_BOTH, trunk: 'a' } });
  await refused.notes.heard('failed 302');
  assert.equal(strict.b.count('INVITE'), 0, 'strangers are not called');
  const open = await twoTrunks(t, { a: moved }, { a: { redirects } }, host);
  to = `<sip:+12125550123@${host}:${open.b.address.port}>`;
  const { notes, leg } = open.call({ target: { ...THROUGH_BOTH, trunk: 'a' } });
  await notes.heard('answered');
  assert.deepEqual(notes.trunks, ['a'], 'the trunk that was asked carries it');
  const [first, second] = [open.a, open.b].map((carrier) => carrier.requests[0]);
  assert.ok(first && second);
  assert.equal(header(first, 'call-id'), header(second, 'call-id'));
  leg.hangUp('done');
  to = `<sip:+881612345678@${host}:${open.b.address.port}>`;
  await open.call({ target: { ...THROUGH_BOTH, trunk: 'a' } }).notes.heard('failed 302');
  assert.equal(open.b.count('INVITE'), 1, 'a redirect is no way to a forbidden number');
});

test('a redirected call takes neither credentials nor identity along', async (t) => {
  let to = '';
  const challenge = 'Digest realm="elsewhere", nonce="n", algorithm=MD5, qop="auth"';
  const { a, b, call } = await twoTrunks(
    t,
    {
      a: (asked, nth) => reply(302, 'Moved', [['Contact', to]])(asked, nth),
      b: reply(401, 'Who?', [['WWW-Authenticate', challenge]]),
    },
    {
      a: {
        credentials: { username: 'u', password: 'p' },
        privacy: { withholdCallerId: true, trusted: true },
        redirects: { max: 1, allowedHosts: ['127.0.0.0/30'] },
      },
    },
    '127.0.0.2',
  );
  to = `<sip:+12125550123@127.0.0.2:${b.address.port}>`;
  await call({ target: { ...THROUGH_BOTH, trunk: 'a' } }).notes.heard('failed 401');
  assert.equal(b.count('INVITE'), 1, 'the challenge is not answered');
  const [atHome, abroad] = [a, b].map((carrier) => carrier.requests[0]);
  assert.ok(atHome && abroad);
  assert.match(header(atHome, 'p-asserted-identity'), /12125550100/);
  assert.equal(header(abroad, 'p-asserted-identity'), '');
});

test('a trunk that is switched off while the call is on its way is not tried', async (t) => {
  let giveUp: () => void = () => undefined;
  const { a, b, world, call } = await twoTrunks(t, {
    a: (asked, nth) => {
      giveUp = () => reply(500, 'Out')(asked, nth);
    },
  });
  const { notes } = call();
  await until('the first attempt', () => a.count('INVITE') === 1);
  world.sip.setTrunkEnabled('b', false);
  giveUp();
  await notes.heard('failed 500');
  assert.equal(b.count('INVITE'), 0);
});

test('forbidden numbers and callers never reach the wire', async (t) => {
  const { world, call } = await twoTrunks(t, { a: answers }, { a: {}, b: {} });
  const cases: readonly (readonly [Partial<OriginateRequest>, RegExp])[] = [
    [
      { target: { ...THROUGH_BOTH, number: '+19002345678' } },
      /^Destination Forbidden: premium-rate$/,
    ],
    [{ target: { ...THROUGH_BOTH, number: '+881612345678' } }, /satellite/],
  ];
  for (const [change, reason] of cases) {
    const { notes } = call(change);
    await notes.heard('failed 403');
    assert.match(notes.failure?.reason ?? '', reason);
  }
  assert.deepEqual(world.trace, []);
});

test('a trunk that may not show the number, or call it, is passed over', async (t) => {
  const { a, call } = await twoTrunks(
    t,
    { a: answers },
    { a: { allowedCallerIds: [] }, b: { allowedCallerIds: ['+12125550111'] } },
  );
  const { notes, leg } = call({ callerId: '+12125550111' });
  await notes.heard('answered');
  assert.deepEqual(notes.trunks, ['b']);
  const { notes: refused } = call({ callerId: '+12125550199' });
  await refused.heard('failed 403');
  assert.equal(refused.failure?.reason, 'Caller ID Not Allowed');
  assert.equal(a.count('INVITE'), 0);
  leg.hangUp('done');
});

test('a withheld number is told to trusted trunks only', async (t) => {
  const { a, b, call } = await twoTrunks(
    t,
    { a: reply(500, 'Out') },
    { b: { privacy: { withholdCallerId: false, trusted: true }, headers: { 'X-Account': '42' } } },
  );
  const { notes, leg } = call({ withholdCallerId: true, displayName: 'Acme' });
  await notes.heard('answered');
  const [toStranger, toFriend] = [a, b].map((carrier) => carrier.requests[0]);
  assert.ok(toStranger && toFriend);
  for (const invite of [toStranger, toFriend]) {
    assert.match(header(invite, 'from'), /^"Anonymous" <sip:anonymous@anonymous\.invalid>;tag=/);
    assert.equal(header(invite, 'privacy'), 'id');
    assert.doesNotMatch(header(invite, 'contact'), /12125550100/);
  }
  assert.equal(header(toStranger, 'p-asserted-identity'), '');
  assert.match(header(toFriend, 'p-asserted-identity'), /^<sip:\+12125550100@127\.0\.0\.1:\d+>$/);
  assert.equal(header(toFriend, 'x-account'), '42');
  leg.hangUp('done');
});

test('disabled by hand: no new calls, the live one goes on, listeners hear of it', async (t) => {
  const { world, call, stateOf } = await twoTrunks(t, { a: answers });
  const heard: string[] = [];
  world.sip.onTrunkChanged(({ name, state }) => heard.push(`${name} ${state}`));
  const { notes, leg } = call();
  await notes.heard('answered');
  assert.equal(world.sip.setTrunkEnabled('a', false).state, 'disabled');
  assert.equal(notes.isOver, false);
  const { notes: other, leg: otherLeg } = call();
  await other.heard('answered');
  assert.deepEqual(other.trunks, ['b']);
  world.sip.setTrunkEnabled('b', false);
  const none = call();
  await none.notes.heard('failed 503');
  assert.equal(none.notes.failure?.reason, 'No Trunk Available');
  world.sip.setTrunkEnabled('a', true);
  assert.deepEqual(heard, ['a disabled', 'b disabled', 'a up']);
  assert.equal(stateOf('a')?.liveCalls, 1);
  assert.throws(() => world.sip.setTrunkEnabled('c', true), /no such trunk/);
  leg.hangUp('done');
  otherLeg.hangUp('done');
});
