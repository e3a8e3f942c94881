// A dialog's signalling under faults: glare, refusals, silence, challenges. srf's dialog is a fake
// here because a real peer cannot be made to do these on time; originate.test.ts has real ones.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { liveIds, liveRng, silentLog } from '../../../core/live.ts';
import { DialogLeg } from '../../../sip/apps/leg.ts';
import type { LegParts } from '../../../sip/apps/leg.ts';
import type { SrfDialog, SrfRequest, SrfResponse } from '../../../sip/apps/srf.ts';
import { VirtualClock } from '../../support/clock.ts';
import { Notes, OTHER_SDP, SDP } from './support/world.ts';

interface Sent {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  respond(status: number, body?: string, headers?: Record<string, string>): void;
  refuse(error: Error): void;
}

type Handler = (req: SrfRequest, res: SrfResponse) => void;

function setUp(change: Partial<LegParts> = {}) {
  const clock = new VirtualClock();
  const sent: Sent[] = [];
  const handlers = new Map<string, Handler>();
  const removed: unknown[] = [];
  const dialog: SrfDialog = {
    sip: { callId: 'c1', localTag: 'l', remoteTag: 'r' },
    local: { contact: '<sip:us@h>' },
    remote: { sdp: SDP },
    srf: { removeDialog: (one) => void removed.push(one) },
    on: (event: string, handler: unknown) => void handlers.set(event, handler as Handler),
    request({ method, headers }, done) {
      sent.push({
        method,
        headers,
        respond: (status, body = '', extra = {}) =>
          done(null, {
            ...{ status, body, reason: `r${status}`, req: { uri: 'sip:peer@192.0.2.1' } },
            get: (name: string) => extra[name],
          } as unknown as SrfResponse),
        refuse: (error) => done(error),
      });
    },
  };
  const notes = new Notes();
  const parts: LegParts = {
    ...{ callId: 'c', localSdp: SDP, credentials: null, ownsCallId: true, awaitsAnswer: false },
    events: notes,
    ended: (by, reason) => void notes.ended(by, reason),
    ...change,
  };
  const deps = { clock, rng: liveRng, ids: liveIds, log: silentLog };
  const leg = new DialogLeg(dialog, parts, deps);
  /** A request of the peer; answers what we said to it. */
  const receive = (method: string, event: string, body: string, type = 'application/sdp') => {
    const said: { status: number; body: string | undefined }[] = [];
    const req = { method, body, source: 'network', get: () => type };
    const res = {
      send: (status: number, options?: { body?: string }) =>
        void said.push({ status, body: options?.body }),
    };
    handlers.get(event)?.(req as unknown as SrfRequest, res as unknown as SrfResponse);
    return said;
  };
  return { clock, sent, leg, notes, receive, removed };
}

/** Lets promises go on that have nothing left to wait for. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('s.14.1: after a 491 the owner of the Call-ID offers again 2.1 to 4 s later', async () => {
  const { clock, sent, leg } = setUp();
  const answer = leg.reoffer(OTHER_SDP);
  await settle();
  sent[0]?.respond(491);
  await settle();
  clock.advance(2_090);
  await settle();
  assert.equal(sent.length, 1);
  clock.advance(1_910);
  await settle();
  sent[1]?.respond(200, SDP);
  assert.equal(await answer, SDP);
});

test('s.14.1: the other side waits up to 2 s', async () => {
  const { clock, sent, leg } = setUp({ ownsCallId: false });
  const answer = leg.reoffer(OTHER_SDP);
  await settle();
  sent[0]?.respond(491);
  await settle();
  clock.advance(2_000);
  await settle();
  sent[1]?.respond(200, SDP);
  assert.equal(await answer, SDP);
});

test('s.14.2: an offer that meets ours is refused with 491', async () => {
  const { sent, leg, receive } = setUp();
  const answer = leg.reoffer(OTHER_SDP);
  await settle();
  assert.deepEqual(receive('INVITE', 'modify', SDP), [{ status: 491, body: undefined }]);
  sent[0]?.respond(200, SDP);
  await answer;
  assert.equal(receive('INVITE', 'modify', SDP)[0]?.status, 200);
});

test('a peer that never stops refusing for glare is given up', async () => {
  const { clock, sent, leg } = setUp();
  const answer = leg.reoffer(OTHER_SDP);
  answer.catch(() => undefined);
  for (let nth = 0; nth < 4; nth++) {
    await settle();
    sent[nth]?.respond(491);
    await settle();
    clock.advance(4_000);
  }
  await assert.rejects(answer, { code: 'SIP_REOFFER_REFUSED' });
  assert.equal(sent.length, 4);
});

test('s.12.2.1.2: a peer that forgot the dialog loses it', async () => {
  for (const status of [408, 481]) {
    const { sent, leg, notes } = setUp();
    const answer = leg.reoffer(OTHER_SDP);
    await settle();
    sent[0]?.respond(status);
    await assert.rejects(answer, { code: 'SIP_REOFFER_REFUSED' });
    assert.equal(sent[1]?.method, 'BYE');
    assert.deepEqual(notes.told, ['ended engine']);
  }
});

test('silence to an offer ends by itself, and hanging up does not wait for it', async () => {
  const { clock, leg, sent } = setUp();
  const answer = leg.reoffer(OTHER_SDP);
  answer.catch(() => undefined);
  await settle();
  clock.advance(40_000);
  await assert.rejects(answer, { code: 'SIP_REQUEST_UNANSWERED' });
  const second = leg.reoffer(OTHER_SDP);
  second.catch(() => undefined);
  await settle();
  void leg.bye('done');
  await assert.rejects(second, { code: 'SIP_CALL_OVER' });
  assert.equal(sent.at(-1)?.method, 'BYE');
});

test('s.22: a challenge inside the dialog is met, over the URI that really was sent', async () => {
  const { sent, leg } = setUp({ credentials: { username: 'u', password: 'p' } });
  const done = leg.bye('done');
  const challenge = 'Digest realm="r", nonce="n", algorithm=MD5, qop="auth"';
  sent[0]?.respond(407, '', { 'Proxy-Authenticate': challenge });
  await settle();
  assert.equal(sent[1]?.method, 'BYE');
  assert.match(sent[1].headers['Proxy-Authorization'] ?? '', /uri="sip:peer@192\.0\.2\.1"/);
  assert.match(sent[1].headers['Reason'] ?? '', /cause=16/);
  sent[1].respond(407, '', { 'Proxy-Authenticate': challenge });
  await done;
  assert.equal(sent.length, 2, 'once');
});

test('a BYE that cannot be sent still frees the dialog', async () => {
  const { sent, leg, removed } = setUp();
  const done = leg.bye('done');
  sent[0]?.refuse(new Error('unable to find dialog'));
  await done;
  await leg.bye('again');
  assert.equal(removed.length, 1);
  assert.equal(sent.length, 1);
});

test('a listener that throws refuses the offer instead of the process', () => {
  const notes = new Notes();
  notes.offered = () => {
    throw new Error('no codec');
  };
  const { receive } = setUp({ events: notes });
  assert.equal(receive('INVITE', 'modify', SDP)[0]?.status, 488);
});

test('after the end nothing is answered but the end', async () => {
  const { leg, receive, notes } = setUp();
  void leg.bye('done');
  assert.equal(receive('INVITE', 'modify', SDP)[0]?.status, 481);
  receive('INFO', 'info', 'x');
  assert.deepEqual(notes.infos, []);
});
