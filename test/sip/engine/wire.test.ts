// What stands on the wire, seen by a telephone that speaks SIP by hand.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import type { Dialog, SrfRequest, SrfResponse } from 'drachtio-srf';
import { hostsDns } from '../../support/dns.ts';
import { until } from '../../support/until.ts';
import { ANSWER, next, OFFER, startRig, type Rig } from '../support/rig.ts';
import { header, headerLines, WirePhone } from '../support/wire-phone.ts';

async function start(t: TestContext): Promise<[Rig, WirePhone]> {
  const rig = await startRig(t);
  return [rig, await WirePhone.open(t, rig.udp.port)];
}

function accept(rig: Rig): Promise<Dialog> {
  return new Promise((resolve, reject) => {
    rig.srf.invite((req, res) => {
      rig.srf.createUAS(req, res, { localSdp: ANSWER }).then(resolve, reject);
    });
  });
}

/** Calls the application and answers its 200 as received. */
async function call(rig: Rig, phone: WirePhone): Promise<{ ok: string; dialog: Dialog }> {
  const callee = accept(rig);
  phone.send(phone.request('INVITE', {}, OFFER));
  const ok = await phone.take(/^SIP\/2.0 200/);
  return { ok, dialog: await callee };
}

test('s.13.3.1: 100, then 200 with tag and Contact; the 200 comes until the ACK', async (t) => {
  const [rig, phone] = await start(t);
  const { ok, dialog } = await call(rig, phone);
  assert.equal(phone.count(/^SIP\/2.0 100/), 1);
  assert.match(header(ok, 'To'), /;tag=.+/);
  assert.equal(header(ok, 'Contact'), `<sip:127.0.0.1:${rig.udp.port}>`);
  assert.match(header(ok, 'Via'), new RegExp(`;rport=${phone.port}$`));
  await until('the 200 three times', () => phone.count(/^SIP\/2.0 200/) >= 3);
  const acknowledged = next(dialog, 'ack');
  phone.send(phone.request('ACK', { To: header(ok, 'To'), CSeq: '1 ACK' }));
  await acknowledged;
  const count = phone.count(/^SIP\/2.0 200/);
  phone.send(phone.request('BYE', { To: header(ok, 'To') }));
  await next(dialog, 'destroy');
  // That of the BYE, and one that may have been on its way to us already.
  assert.ok(phone.count(/^SIP\/2.0 200 OK/) - count <= 2);
});

test('s.13.3.1.4: no ACK in 64*T1: BYE, and the application hears why', async (t) => {
  const [rig, phone] = await start(t);
  const { dialog } = await call(rig, phone);
  const [, reason] = await next(dialog, 'destroy');
  assert.equal(reason, 'ACK timeout');
  const bye = await phone.take(/^BYE sip:alice@/);
  assert.equal(header(bye, 'Reason'), 'SIP;cause=200;text="ACK timeout"');
  phone.send(phone.response(bye, '200 OK'));
});

test('s.15: a callee that hangs up before the ACK sends BYE only after it', async (t) => {
  const [rig, phone] = await start(t);
  const { ok, dialog } = await call(rig, phone);
  dialog.destroy();
  await until('the 200 again', () => phone.count(/^SIP\/2.0 200/) >= 2);
  assert.equal(phone.count(/^BYE/), 0);
  phone.send(phone.request('ACK', { To: header(ok, 'To'), CSeq: '1 ACK' }));
  phone.send(phone.response(await phone.take(/^BYE/), '200 OK'));
});

test('s.15: both hang up before the ACK: the callee hears 481 and all is over', async (t) => {
  const [rig, phone] = await start(t);
  const { ok, dialog } = await call(rig, phone);
  const destroyed = (dialog as unknown as { destroy(): Promise<unknown> }).destroy();
  await until('the 200 again', () => phone.count(/^SIP\/2.0 200/) >= 2);
  phone.send(phone.request('BYE', { To: header(ok, 'To') }));
  await destroyed;
  assert.equal((await rig.engine.stats())['dialogs'], 0);
});

test('s.9.2: CANCEL gets 200, its INVITE 487, the application an event', async (t) => {
  const [rig, phone] = await start(t);
  const cancelled = new Promise<void>((resolve) => {
    rig.srf.invite((req, res) => {
      res.send(180);
      req.on('cancel', () => resolve());
    });
  });
  const invite = phone.request('INVITE', {}, OFFER);
  phone.send(invite);
  await phone.take(/^SIP\/2.0 180/);
  const cancel = phone.request('CANCEL', { Via: header(invite, 'Via'), CSeq: '1 CANCEL' });
  phone.send(cancel);
  assert.equal(header(await phone.take(/^SIP\/2.0 200/), 'CSeq'), '1 CANCEL');
  const final = await phone.take(/^SIP\/2.0 487/);
  assert.equal(header(final, 'CSeq'), '1 INVITE');
  await cancelled;
  phone.send(
    phone.request('ACK', { Via: header(invite, 'Via'), To: header(final, 'To'), CSeq: '1 ACK' }),
  );
  phone.send(phone.request('CANCEL', { CSeq: '9 CANCEL' }));
  await phone.take(/^SIP\/2.0 481/);
});

/** How often a request of that CSeq was answered with 200. */
function okTo(phone: WirePhone, cseq: string): number {
  const isOk = (text: string) => text.startsWith('SIP/2.0 200') && header(text, 'CSeq') === cseq;
  return phone.inbox.filter(isOk).length;
}

test('s.9.2: a CANCEL after the 200 gets 200 and changes nothing before the ACK', async (t) => {
  const [rig, phone] = await start(t);
  const callee = accept(rig);
  const invite = phone.request('INVITE', {}, OFFER);
  phone.send(invite);
  const ok = await phone.take(/^SIP\/2.0 200/);
  const dialog = await callee;
  phone.send(phone.request('CANCEL', { Via: header(invite, 'Via'), CSeq: '1 CANCEL' }));
  await until('the CANCEL answered', () => okTo(phone, '1 CANCEL') === 1);
  await until('the 200 again', () => okTo(phone, '1 INVITE') >= 3);
  assert.equal(phone.count(/^BYE/), 0);
  const gone = next(dialog, 'destroy');
  phone.send(phone.request('ACK', { To: header(ok, 'To'), CSeq: '1 ACK' }));
  const bye = await phone.take(/^BYE/);
  assert.equal(header(bye, 'Reason'), 'SIP;cause=200;text="CANCEL after 200 OK"');
  phone.send(phone.response(bye, '200 OK'));
  await gone;
});

test('s.15: a BYE before the ACK ends the call, and the 200 comes no more', async (t) => {
  const [rig, phone] = await start(t);
  const { ok, dialog } = await call(rig, phone);
  const gone = next(dialog, 'destroy');
  const bye = phone.request('BYE', { To: header(ok, 'To') });
  phone.send(bye);
  await until('the BYE answered', () => okTo(phone, header(bye, 'CSeq')) === 1);
  await gone;
  assert.equal((await rig.engine.stats())['dialogs'], 0);
});

test('s.8.2: what nobody here can do is said, never passed over in silence', async (t) => {
  const [rig, phone] = await start(t);
  accept(rig).catch(() => undefined);
  const cases: readonly (readonly [
    method: string,
    change: Record<string, string>,
    status: number,
  ])[] = [
    ['MESSAGE', {}, 503],
    ['REFER', {}, 405],
    ['SPAM', {}, 501],
    ['PRACK', {}, 481],
    ['BYE', { To: '<sip:bob@127.0.0.1>;tag=unknown' }, 481],
    ['INVITE', { To: '<sip:bob@127.0.0.1>;tag=unknown' }, 481],
    ['INVITE', { From: '<sip:alice@127.0.0.1>' }, 400],
  ];
  for (const [method, change, status] of cases) {
    phone.send(phone.request(method, { 'Call-ID': `${method}-${status}`, ...change }));
    const answer = await phone.take(new RegExp(`^SIP/2.0 ${status}`));
    assert.match(header(answer, 'CSeq'), new RegExp(`${method}$`));
  }
});

test('s.8.1.1: malformed requests get 400 or silence, and the engine lives', async (t) => {
  const [rig, phone] = await start(t);
  phone.send(phone.request('OPTIONS', { 'Content-Length': '-1' }));
  await phone.take(/^SIP\/2.0 400/);
  phone.send(phone.request('OPTIONS', {}).replace('SIP/2.0\r', 'SIP/3.0\r'));
  await phone.take(/^SIP\/2.0 505/);
  phone.send(phone.request('OPTIONS', { Subject: 'bare\nLF: yes' }));
  await phone.take(/^SIP\/2.0 400/);
  const before = phone.inbox.length;
  phone.send('this is not even a start line, but it is long enough');
  phone.send(phone.request('OPTIONS', { Via: null }));
  phone.send(phone.request('OPTIONS', { Via: 'SIP/2.0/UDP' }));
  phone.send(phone.response(phone.request('OPTIONS'), '200 OK', { CSeq: 'x' }));
  phone.send(phone.request('OPTIONS', { From: 'bare\rCR: yes' }));
  phone.send(phone.request('ACK', { CSeq: 'nonsense' }));
  phone.send(phone.request('OPTIONS', { 'Call-ID': 'last' }));
  assert.equal(header(await phone.take(/^SIP\/2.0 503/), 'Call-ID'), 'last');
  assert.equal(phone.inbox.length, before + 1);
  assert.ok((await rig.engine.stats())['messagesRefused']! >= 6);
});

test('s.17.2.3: a request again is answered again, and the application sees it once', async (t) => {
  const [rig, phone] = await start(t);
  let seen = 0;
  const routes = rig.srf as unknown as {
    options(fn: (req: SrfRequest, res: SrfResponse) => void): void;
  };
  routes.options((_req, res) => {
    seen++;
    res.send(200);
  });
  const request = phone.request('OPTIONS');
  for (let i = 0; i < 3; i++) {
    phone.send(request);
    await phone.take(/^SIP\/2.0 200/);
  }
  assert.equal(seen, 1);
});

test('s.12.2.1.1: a call of ours follows Record-Route and Contact', async (t) => {
  const [rig, phone] = await start(t);
  const target = `sip:bob@127.0.0.1:${phone.port}`;
  const dialling = rig.srf.createUAC(target, { localSdp: OFFER, headers: { 'X-Foo': 'bar' } });
  const invite = await phone.take(/^INVITE/);
  assert.equal(header(invite, 'X-Foo'), 'bar');
  assert.equal(header(invite, 'Max-Forwards'), '70');
  const route = `<sip:127.0.0.1:${phone.port};lr;id=1>, <sip:127.0.0.1:${phone.port};lr;id=2>`;
  phone.send(phone.response(invite, '200 OK', { 'Record-Route': route }, ANSWER));
  const dialog = await dialling;
  const ack = await phone.take(/^ACK/);
  assert.equal(ack.split(' ')[1], `sip:phone@127.0.0.1:${phone.port}`);
  assert.deepEqual(headerLines(ack, 'Route'), route.split(', ').reverse());
  assert.equal(header(ack, 'CSeq'), header(invite, 'CSeq').replace('INVITE', 'ACK'));
  phone.send(phone.response(invite, '200 OK', { 'Record-Route': route }, ANSWER));
  assert.equal(await phone.take(/^ACK/), ack, 'the same ACK for the same 200');
  dialog.destroy();
  phone.send(phone.response(await phone.take(/^BYE/), '200 OK'));
});

test('s.13.2.2.4: a second fork that answers gets ACK and BYE from the engine', async (t) => {
  const [rig, phone] = await start(t);
  const dialling = rig.srf.createUAC(`sip:bob@127.0.0.1:${phone.port}`, { localSdp: OFFER });
  const invite = await phone.take(/^INVITE/);
  phone.send(phone.response(invite, '200 OK', {}, ANSWER));
  await dialling;
  await phone.take(/^ACK/);
  const fork = phone.response(invite, '200 OK', {}, ANSWER).replace(';tag=phone', ';tag=other');
  phone.send(fork);
  assert.match(header(await phone.take(/^ACK/), 'To'), /;tag=other/);
  const bye = await phone.take(/^BYE/);
  assert.match(header(bye, 'To'), /;tag=other/);
  phone.send(phone.response(bye, '200 OK'));
  assert.equal((await rig.engine.stats())['dialogs'], 1);
});

test('nobody answers: the application gets a synthetic 408', async (t) => {
  const [rig, phone] = await start(t);
  const dialling = rig.srf.createUAC(`sip:bob@127.0.0.1:${phone.port}`, { localSdp: OFFER });
  await assert.rejects(dialling, { status: 408 });
  assert.ok(phone.count(/^INVITE/) >= 2, 'timer A sent it again');
});

test('a name that does not resolve, and a port that refuses, are synthetic 503s', async (t) => {
  const rig = await startRig(t, {}, { dns: hostsDns(() => null) });
  await assert.rejects(rig.srf.createUAC('sip:x@no.such.host', { localSdp: OFFER }), {
    status: 503,
  });
  const real = await startRig(t);
  const refused = real.srf.createUAC('sip:x@127.0.0.1:1;transport=tcp', { localSdp: OFFER });
  await assert.rejects(refused, { status: 503 });
});
