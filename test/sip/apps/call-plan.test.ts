// From a request to the INVITEs: numbers to trunks, users to their contacts, and what is refused.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { RingbackError } from '../../../core/errors.ts';
import type { Binding, OriginateRequest } from '../../../sip/index.ts';
import { checkRequest, planCall } from '../../../sip/apps/call-plan.ts';
import { readGroups } from '../../../sip/apps/trunk/groups.ts';
import { readTrunks } from '../../../sip/apps/trunks.ts';
import { trunkOptions } from './support/options.ts';

const request: OriginateRequest = {
  target: { kind: 'number', number: '+442079460018', trunk: null },
  callerId: null,
  displayName: null,
  offerSdp: 'v=0',
  ringTimeoutMs: 20_500,
  headers: { 'X-Key': '1' },
};

const bindings: readonly Binding[] = ['a', 'b'].map((name, index) => ({
  username: '1001',
  contact: `sip:${name}@10.0.0.1;method=INVITE;ob?X-Evil=1`,
  callId: name,
  cseq: 1,
  expiresAtMs: 0,
  receivedFrom: `tcp/192.0.2.1:500${index}`,
  userAgent: null,
}));

let tags = 0;
const inputs = {
  trunks: readGroups(
    readTrunks([
      trunkOptions({ credentials: { username: 'u', password: 'p' }, numberFormat: 'national' }),
      trunkOptions({ name: 'other', protocol: 'tcp' }),
    ]),
    [],
  ),
  realm: 'ringback.test',
  bindings: (username: string) => (username === '1001' ? bindings : []),
  callId: 'c-1',
  nextTag: () => `t${++tags}`,
};

function plan(change: Partial<OriginateRequest>) {
  return planCall({ ...request, ...change }, inputs);
}

function branches(change: Partial<OriginateRequest>) {
  const planned = plan(change);
  assert.ok(planned.kind !== 'impossible', JSON.stringify(planned));
  return planned.kind === 'ring' ? planned.branches : planned.routes.map((route) => route.plan);
}

test('a number goes to the trunk in its format, with its caller ID and credentials', () => {
  const [branch] = branches({});
  assert.equal(branch?.requestUri, 'sip:011442079460018@127.0.0.1:5060');
  assert.equal(branch.proxy, null);
  assert.deepEqual(branch.credentials, { username: 'u', password: 'p' });
  const { From, To, Expires, ...rest } = branch.headers;
  assert.match(From ?? '', /^<sip:2125550100@localhost>;tag=t\d+$/);
  assert.equal(To, '<sip:011442079460018@127.0.0.1:5060>');
  assert.equal(Expires, '23', 'rounded up, and not before our own CANCEL');
  assert.equal(rest['Call-ID'], 'c-1');
  assert.equal(rest['X-Key'], '1');
});

test('RFC 3327 s.5.3: a Path is the Route, the next hop stays where the REGISTER came from', () => {
  const path = '<sip:edge.example.com;lr>, <sip:inner.example.com;lr>';
  const planned = planCall(
    { ...request, target: { kind: 'user', username: '1001' } },
    { ...inputs, bindings: () => bindings.map((one, at) => ({ ...one, path: at ? path : null })) },
  );
  assert.ok(planned.kind === 'ring');
  const [plain, routed] = planned.branches;
  assert.equal(plain?.headers['Route'], undefined);
  assert.equal(routed?.headers['Route'], path);
  assert.equal(routed?.proxy, 'sip:192.0.2.1:5001;transport=tcp');
});

test('caller ID and display name are the request’s when it has them', () => {
  const target = { kind: 'number', number: '+12125550123', trunk: 'other' } as const;
  const [branch] = branches({ target, callerId: '+12125550199', displayName: 'A "b" \r\nVia: x' });
  assert.match(
    branch?.headers['From'] ?? '',
    /^"A \\"b\\" {2}?Via: x" <sip:\+12125550199@localhost>;tag=/,
  );
  assert.equal(branch?.requestUri, 'sip:+12125550123@127.0.0.1:5060;transport=tcp');
});

test('a user is rung on every contact, each by where it registered from, with its own tag', () => {
  const both = branches({ target: { kind: 'user', username: '1001' } });
  assert.deepEqual(
    both.map(({ requestUri, proxy }) => [requestUri, proxy]),
    [
      ['sip:a@10.0.0.1;ob', 'sip:192.0.2.1:5000;transport=tcp'],
      ['sip:b@10.0.0.1;ob', 'sip:192.0.2.1:5001;transport=tcp'],
    ],
  );
  const [first, second] = both.map(({ headers }) => headers['From']);
  assert.notEqual(first, second);
  assert.equal(both[0]?.headers['To'], '<sip:1001@ringback.test>');
  assert.equal(both[0]?.headers['Call-ID'], both[1]?.headers['Call-ID']);
});

test('what cannot be called is a failure with a status', () => {
  const status = (change: Partial<OriginateRequest>): number => {
    const planned = plan(change);
    return planned.kind === 'impossible' ? planned.failure.status : 0;
  };
  assert.equal(status({ target: { kind: 'user', username: '1002' } }), 480);
  assert.equal(status({ target: { kind: 'number', number: '+1', trunk: null } }), 484);
  assert.equal(status({ target: { kind: 'number', number: '+12125550123', trunk: 'x' } }), 404);
  assert.equal(status({ callerId: 'nobody' }), 400);
});

test('what must not reach the wire is thrown back', () => {
  checkRequest(request);
  const wrong: readonly [Partial<OriginateRequest>, string][] = [
    [{ headers: { 'X-A': 'a\r\nb' } }, 'SIP_HEADER_REFUSED'],
    [{ offerSdp: '' }, 'SIP_OFFER_MISSING'],
    [{ ringTimeoutMs: 0 }, 'SIP_RING_TIMEOUT_INVALID'],
    [{ ringTimeoutMs: Number.NaN }, 'SIP_RING_TIMEOUT_INVALID'],
    [{ callerId: 'a>\r\nb' }, 'SIP_CALLER_ID_INVALID'],
  ];
  for (const [change, code] of wrong) {
    assert.throws(
      () => checkRequest({ ...request, ...change }),
      (error) => error instanceof RingbackError && error.code === code,
    );
  }
});

test('RFC 7118: contacts over WebSocket get the offer that is meant for browsers', () => {
  const places = ['udp/192.0.2.1:5070', 'ws/192.0.2.2:50000', 'wss/192.0.2.3:50000'];
  const contacts = places.flatMap((receivedFrom) =>
    bindings.slice(0, 1).map((binding) => ({ ...binding, receivedFrom })),
  );
  const target = { kind: 'user', username: '1001' } as const;
  const offersOf = (webSocketOfferSdp: string | undefined) => {
    const offers = webSocketOfferSdp === undefined ? {} : { webSocketOfferSdp };
    const planned = planCall(
      { ...request, target, ...offers },
      { ...inputs, bindings: () => contacts },
    );
    assert.ok(planned.kind === 'ring');
    return planned.branches.map(({ offerSdp }) => offerSdp);
  };
  assert.deepEqual(offersOf('for browsers'), [undefined, 'for browsers', 'for browsers']);
  assert.deepEqual(offersOf(undefined), [undefined, undefined, undefined]);
});
