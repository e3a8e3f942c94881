// Calls that we place, over real UDP: to SIPp as the trunk, and to phones that do as real ones do.
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import type { TracedMessage, TrunkOptions } from '../../../sip/index.ts';
import { header } from '../../support/phone/message.ts';
import { Phone } from '../../support/phone.ts';
import type { PhoneCall, PhoneOptions } from '../../support/phone.ts';
import { startSipp } from '../../support/sipp.ts';
import type { SippOptions } from '../../support/sipp.ts';
import { requireTool } from '../../support/tools.ts';
import { until } from '../../support/until.ts';
import { trunkOptions } from './support/options.ts';
import { Notes, openWorld, OTHER_SDP, request, SDP, TO_TRUNK, TO_USER } from './support/world.ts';

/** A world whose trunk is SIPp with this scenario. */
async function sippTrunk(t: TestContext, options: SippOptions, trunk: Partial<TrunkOptions> = {}) {
  const sipp = await startSipp(options);
  t.after(() => sipp.stop());
  const trunks = [trunkOptions({ host: sipp.host, port: sipp.port, ...trunk })];
  return { sipp, world: await openWorld(t, { options: { trunks } }) };
}

/** A world whose trunk is a phone. */
async function phoneTrunk(
  t: TestContext,
  onCall: (call: PhoneCall) => unknown,
  options: PhoneOptions = { name: 'trunk' },
  trunk: Partial<TrunkOptions> = {},
) {
  const phone = await openPhone(t, options);
  phone.onCall(onCall);
  const trunks = [trunkOptions({ port: phone.address.port, ...trunk })];
  return { phone, world: await openWorld(t, { options: { trunks } }) };
}

async function openPhone(t: TestContext, options: PhoneOptions): Promise<Phone> {
  const phone = await Phone.open(options);
  t.after(() => phone.close());
  return phone;
}

describe('towards SIPp', { concurrency: 4 }, () => {
  test('answered, then hung up by us', async (t) => {
    if (!requireTool(t, 'sipp')) return;
    const { sipp, world } = await sippTrunk(t, { scenario: 'uas-answered', pauseMs: 50 });
    const notes = new Notes();
    const leg = world.sip.originate(request(), notes);
    await notes.heard('answered');
    assert.match(notes.answerSdp, /^v=0/);
    assert.equal((await world.sip.stats())['liveCalls'], 1);
    leg.hangUp('done');
    leg.hangUp('again');
    await sipp.done;
    await notes.heard('ended us');
    assert.deepEqual(notes.told.slice(-2), ['answered', 'ended us']);
    await until('no call', async () => (await world.sip.stats())['liveCalls'] === 0);
    assert.ok(world.trace.every(({ callId }) => callId === leg.callId));
    const bye = await until('the BYE in the trace', () =>
      world.trace.find(({ startLine }) => startLine.startsWith('BYE')),
    );
    assert.match(bye.text, /^Reason: Q\.850;cause=16;text="done"\r$/m);
  });

  test('busy, with the cause of the Reason header', async (t) => {
    if (!requireTool(t, 'sipp')) return;
    const { world } = await sippTrunk(t, { scenario: 'uas-busy-486' });
    const notes = new Notes();
    world.sip.originate(request(), notes);
    await notes.heard('failed 486');
    assert.equal(notes.failure?.q850Cause, 17);
    assert.equal(notes.failure.cancelledByUs, false);
  });

  test('no answer: CANCEL after the ring time-out', async (t) => {
    if (!requireTool(t, 'sipp')) return;
    const { sipp, world } = await sippTrunk(t, { scenario: 'uas-no-answer' });
    const notes = new Notes();
    world.sip.originate(request({ ringTimeoutMs: 900 }), notes);
    await notes.heard('failed 487');
    assert.equal(notes.failure?.cancelledByUs, true);
    // Copies of messages have a way of their own: they may come later than what they say.
    const sent = (method: string) =>
      until(`the ${method} in the trace`, () => {
        return world.trace.find(({ startLine }) => startLine.startsWith(method))?.text;
      });
    assert.match(await sent('INVITE'), /^Expires: 3\r$/m);
    assert.match(await sent('CANCEL'), /^Reason: SIP;cause=408;text="No answer"\r$/m);
    await sipp.done;
  });

  test('early media comes with 183', async (t) => {
    if (!requireTool(t, 'sipp')) return;
    const { world } = await sippTrunk(t, { scenario: 'uas-early-media-183', pauseMs: 50 });
    const notes = new Notes();
    const leg = world.sip.originate(request(), notes);
    await notes.heard('183 sdp');
    await notes.heard('answered');
    leg.hangUp('done');
    await notes.heard('ended us');
  });
});

describe('towards a SIPp that challenges', { concurrency: 2 }, () => {
  for (const scenario of ['uas-401-then-answer', 'uas-407-then-answer'] as const) {
    test(`${scenario}: the challenge is answered, the Call-ID stays`, async (t) => {
      if (!requireTool(t, 'sipp')) return;
      const credentials = { username: 'ringback', password: 'secret' };
      const keys = { trunk_user: credentials.username, trunk_password: credentials.password };
      const { world } = await sippTrunk(t, { scenario, pauseMs: 50, keys }, { credentials });
      const notes = new Notes();
      const leg = world.sip.originate(request(), notes);
      await notes.heard('answered');
      const numbers = await until('both INVITEs in the trace', () => {
        const invites = world.trace.filter(({ startLine }) => startLine.startsWith('INVITE'));
        assert.ok(invites.every(({ callId }) => callId === leg.callId));
        const known = new Set(invites.map(({ cseq }) => parseInt(cseq, 10)));
        return known.size >= 2 && [...known];
      });
      assert.deepEqual(numbers, [numbers[0], (numbers[0] ?? 0) + 1]);
      leg.hangUp('done');
      await notes.heard('ended us');
    });
  }
});

test('a wrong password at the trunk is a failure, after one try', async (t) => {
  const challenge = {
    ...{ username: 'u', password: 'right', realm: 'carrier' },
    status: 407,
  } as const;
  const { world } = await phoneTrunk(
    t,
    (call) => call.answer(),
    { name: 'trunk', challenge: { ...challenge, algorithm: 'SHA-256' } },
    { credentials: { username: 'u', password: 'wrong' } },
  );
  const notes = new Notes();
  world.sip.originate(request(), notes);
  await until('the failure', () => notes.isOver);
  assert.deepEqual(notes.told, ['failed 403']);
});

test('a SHA-256 challenge is met', async (t) => {
  const credentials = { username: 'u', password: 'right' };
  const { world } = await phoneTrunk(
    t,
    (call) => call.answer(),
    {
      name: 'trunk',
      challenge: { ...credentials, realm: 'carrier', status: 401, algorithm: 'SHA-256' },
    },
    { credentials },
  );
  const notes = new Notes();
  world.sip.originate(request(), notes);
  await notes.heard('answered');
});

test('headers, caller and number reach the trunk as asked', async (t) => {
  const { phone, world } = await phoneTrunk(t, (call) => call.reject(486, 'Busy Here'));
  const notes = new Notes();
  const headers = { 'X-Interaction': 'i-1' };
  world.sip.originate(request({ headers, displayName: 'Süd "A"' }), notes);
  await notes.heard('failed 486');
  const invite = phone.calls[0]?.invite;
  assert.ok(invite);
  assert.equal(header(invite, 'x-interaction'), 'i-1');
  assert.match(header(invite, 'from'), /^"Süd \\"A\\"" <sip:\+12125550100@127\.0\.0\.1:\d+>;tag=/);
  assert.equal(invite.uri, `sip:+12125550123@127.0.0.1:${phone.address.port}`);
  assert.match(header(invite, 'expires'), /^12$/);
});

test('a peer that hangs up ends the call, with its reason', async (t) => {
  const { world } = await phoneTrunk(t, async (call) => {
    await call.answer();
    await call.hangUp('Q.850;cause=16;text="bye, then"');
  });
  const notes = new Notes();
  world.sip.originate(request(), notes);
  await notes.heard('ended peer');
  assert.deepEqual([notes.told, notes.endReason], [['answered', 'ended peer'], 'bye, then']);
});

test('an answer that crosses our CANCEL gets ACK and BYE, and one failure is told', async (t) => {
  const answers: (() => Promise<boolean>)[] = [];
  const { phone, world } = await phoneTrunk(
    t,
    (call) => {
      call.ring();
      answers.push(() => call.answer());
    },
    // The CANCEL is lost until the phone has answered.
    { name: 'trunk', dropReceived: (_, message) => message.method === 'CANCEL' },
  );
  const notes = new Notes();
  const leg = world.sip.originate(request(), notes);
  await notes.heard('180');
  leg.hangUp('changed our mind');
  await answers[0]?.();
  const [call] = phone.calls;
  const end = await call?.ended;
  assert.equal(end?.by, 'peer', 'the phone got a BYE');
  await until('the failure', () => notes.isOver);
  assert.deepEqual(notes.told, ['180', 'failed 487']);
  const isBye = ({ startLine }: TracedMessage) => startLine.startsWith('BYE');
  await until('the BYE in the trace', () => world.trace.some(isBye));
  const byes = new Set(world.trace.filter(isBye).map(({ text }) => text));
  assert.equal(byes.size, 1, 'one BYE, not one of ours and one of the engine');
  assert.equal(notes.failure?.cancelledByUs, true);
});

test('hanging up at once cancels a call that has not even rung', async (t) => {
  const { phone, world } = await phoneTrunk(t, (call) => call.ring());
  const notes = new Notes();
  world.sip.originate(request(), notes).hangUp('never mind');
  await notes.heard('failed 487');
  assert.equal((await phone.calls[0]?.ended)?.by, 'cancelled');
});

test('re-INVITEs go both ways; a refused one leaves the call standing', async (t) => {
  const { phone, world } = await phoneTrunk(t, (call) => call.answer());
  const notes = new Notes();
  const leg = world.sip.originate(request(), notes);
  await notes.heard('answered');
  const call = await until('the call', () => phone.calls[0]);
  assert.match(await leg.reoffer(OTHER_SDP), /^v=0/);
  assert.equal(call.remoteAudio?.port, 40002);
  call.refuseOffersWith = 488;
  await assert.rejects(leg.reoffer(SDP), { code: 'SIP_REOFFER_REFUSED' });
  call.refuseOffersWith = null;
  assert.match(await leg.reoffer(SDP), /^v=0/, 'and the next one goes through');
  await call.reinvite(true);
  assert.equal(notes.told.at(-1), 'offered');
  notes.answerToOffer = null;
  await assert.rejects(call.reinvite(false), { status: 488 });
  const both = await Promise.all([leg.reoffer(SDP), leg.reoffer(OTHER_SDP)]);
  assert.equal(both.length, 2, 'two at once are sent one after the other');
  assert.equal(call.live, true);
});

test('offers after the end are refused', async (t) => {
  const { phone, world } = await phoneTrunk(t, (call) => call.answer());
  const notes = new Notes();
  const leg = world.sip.originate(request(), notes);
  await assert.rejects(leg.reoffer(SDP), { code: 'SIP_CALL_NOT_ANSWERED' });
  await notes.heard('answered');
  await phone.calls[0]?.hangUp();
  await notes.heard('ended peer');
  await assert.rejects(leg.reoffer(SDP), { code: 'SIP_CALL_NOT_ANSWERED' });
});

describe('users', { concurrency: 2 }, () => {
  const credentials = { username: '1001', password: 'secret' };

  test('all contacts ring, the first answer wins, the others stop with a reason', async (t) => {
    const world = await openWorld(t);
    const [one, two] = [await world.phone({ name: 'one' }), await world.phone({ name: 'two' })];
    await one.register({ ...credentials, registrar: world.address });
    await two.register({ ...credentials, registrar: world.address });
    one.onCall((call) => call.ring());
    two.onCall(async (call) => {
      call.ring();
      await until('the other to ring', () => one.calls[0]?.ringingAtMs);
      await call.answer();
    });
    const notes = new Notes();
    const leg = world.sip.originate(request({ target: TO_USER, callerId: '+12125550123' }), notes);
    await notes.heard('answered');
    assert.deepEqual(await one.calls[0]?.ended, {
      by: 'cancelled',
      status: 487,
      reason: 'SIP;cause=200;text="Call completed elsewhere"',
    });
    assert.equal(one.calls[0]?.remoteUser, '+12125550123');
    assert.equal(two.calls[0]?.callId, leg.callId);
    leg.hangUp('done');
    assert.equal((await two.calls[0]?.ended)?.by, 'peer');
    assert.deepEqual(notes.told.slice(-2), ['answered', 'ended us']);
  });

  test('when all refuse, the best refusal is told', async (t) => {
    const world = await openWorld(t);
    for (const [name, status] of [
      ['one', 480],
      ['two', 486],
    ] as const) {
      const phone = await world.phone({ name });
      await phone.register({ ...credentials, registrar: world.address });
      phone.onCall((call) => call.reject(status, 'No'));
    }
    const notes = new Notes();
    world.sip.originate(request({ target: TO_USER }), notes);
    await until('the failure', () => notes.isOver);
    assert.equal(notes.told.length, 1);
    assert.match(notes.told[0] ?? '', /failed 48[06]/);
  });
});

test('what cannot be called fails without a word on the wire', async (t) => {
  const { world } = await phoneTrunk(t, () => undefined);
  const cases = [
    [request({ target: TO_USER }), 480],
    [request({ target: { ...TO_TRUNK, trunk: 'none' } }), 404],
    [request({ target: { ...TO_TRUNK, number: '911' } }), 484],
  ] as const;
  for (const [asked, status] of cases) {
    const notes = new Notes();
    const leg = world.sip.originate(asked, notes);
    assert.deepEqual(notes.told, [], 'never from inside the call');
    await notes.heard(`failed ${status}`);
    leg.hangUp('too late');
  }
  assert.throws(() => world.sip.originate(request({ headers: { 'X-A': '\r\n' } }), new Notes()), {
    code: 'SIP_HEADER_REFUSED',
  });
  assert.equal(world.trace.length, 0);
});

test('no more calls than allowed', async (t) => {
  const phone = await openPhone(t, { name: 'trunk' });
  phone.onCall((call) => call.ring());
  const trunks = [trunkOptions({ port: phone.address.port })];
  const { sip } = await openWorld(t, { options: { trunks, maxCalls: 1 } });
  const [first, second] = [new Notes(), new Notes()];
  const leg = sip.originate(request(), first);
  sip.originate(request(), second);
  await second.heard('failed 503');
  leg.hangUp('done');
  await first.heard('failed 487');
  const third = new Notes();
  const again = sip.originate(request(), third);
  await third.heard('180');
  again.hangUp('done');
  await third.heard('failed 487');
});

test('before the start and after the stop there is nobody to call', async (t) => {
  const { sip } = await openWorld(t);
  await sip.stop();
  const notes = new Notes();
  sip.originate(request({ target: TO_USER }), notes);
  await notes.heard('failed 503');
});

test('stopping hangs up what lives', async (t) => {
  const { phone, world } = await phoneTrunk(t, (call) => call.answer());
  const notes = new Notes();
  world.sip.originate(request(), notes);
  await notes.heard('answered');
  await world.sip.stop();
  assert.deepEqual(notes.told, ['answered', 'ended us']);
  assert.equal((await phone.calls[0]?.ended)?.by, 'peer');
});
