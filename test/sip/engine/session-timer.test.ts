// Session timers on the wire, over virtual time. RFC 4028.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import type { Dialog } from 'drachtio-srf';
import { VirtualClock } from '../../support/clock.ts';
import { ANSWER, next, OFFER, startRig } from '../support/rig.ts';
import { header, WirePhone } from '../support/wire-phone.ts';

interface Standing {
  readonly clock: VirtualClock;
  readonly phone: WirePhone;
  readonly dialog: Dialog;
  readonly ok: string;
}

/** A call from the phone that stands, with this Session-Expires in its INVITE. */
async function standing(t: TestContext, sessionExpires: string): Promise<Standing> {
  const clock = new VirtualClock();
  const rig = await startRig(t, {}, { clock });
  const phone = await WirePhone.open(t, rig.udp.port);
  const callee = new Promise<Dialog>((resolve, reject) => {
    rig.srf.invite((req, res) => {
      rig.srf.createUAS(req, res, { localSdp: ANSWER }).then(resolve, reject);
    });
  });
  const change = { 'Session-Expires': sessionExpires, Supported: 'timer' };
  phone.send(phone.request('INVITE', change, OFFER));
  const ok = await phone.take(/^SIP\/2.0 200/);
  const dialog = await callee;
  const acknowledged = next(dialog, 'ack');
  phone.send(phone.request('ACK', { To: header(ok, 'To'), CSeq: '1 ACK' }));
  await acknowledged;
  return { clock, phone, dialog, ok };
}

test('s.9, s.10: we refresh at half the interval, and hang up when that is refused', async (t) => {
  const { clock, phone, dialog, ok } = await standing(t, '90;refresher=uas');
  assert.equal(header(ok, 'Session-Expires'), '90;refresher=uas');
  assert.equal(header(ok, 'Require'), 'timer');
  clock.advance(45_100);
  const refresh = await phone.take(/^INVITE/);
  assert.match(refresh, /\r\n\r\nv=0\r\no=- 2 1 IN/);
  assert.equal(header(refresh, 'Session-Expires'), '90;refresher=uac');
  const renewed = { 'Session-Expires': '100;refresher=uac' };
  phone.send(phone.response(refresh, '200 OK', renewed, OFFER));
  assert.equal(header(await phone.take(/^ACK/), 'CSeq'), '1 ACK');
  clock.advance(50_100);
  const ended = next(dialog, 'destroy');
  phone.send(phone.response(await phone.take(/^INVITE/), '481 Gone'));
  assert.equal((await ended)[1], 'Session timer expired');
  await phone.take(/^BYE/);
});

test('s.10: a peer that should refresh and does not is hung up on', async (t) => {
  const { clock, phone, dialog } = await standing(t, '120;refresher=uac');
  const ended = next(dialog, 'destroy');
  clock.advance(60_000);
  assert.equal(phone.count(/^INVITE/), 0);
  clock.advance(60_100);
  assert.equal((await ended)[1], 'Session timer expired');
  await phone.take(/^BYE/);
});

test('s.9: a refresh under the minimum gets 422 and the minimum', async (t) => {
  const { phone, ok } = await standing(t, '1800');
  assert.equal(header(ok, 'Session-Expires'), '', 'nobody named a refresher: no timer');
  const change = { To: header(ok, 'To'), 'Session-Expires': '30' };
  phone.send(phone.request('UPDATE', change));
  assert.equal(header(await phone.take(/^SIP\/2.0 422/), 'Min-SE'), '90');
});
