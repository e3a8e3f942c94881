// drachtio-srf's proxyRequest over our engine, telephones by hand on both sides. RFC 3261 s.16.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import type { ProxyRequestOptions } from 'drachtio-srf';
import { until } from '../../support/until.ts';
import { ANSWER, OFFER, startRig, type Rig } from '../support/rig.ts';
import { header, headerLines, WirePhone } from '../support/wire-phone.ts';

interface Proxied {
  readonly connected: boolean;
  readonly finalStatus: number;
}

/** Proxies every INVITE to these ports; resolves with srf's own summary of the first. */
function proxyTo(
  rig: Rig,
  ports: readonly number[],
  options: ProxyRequestOptions,
): Promise<Proxied> {
  return new Promise((resolve, reject) => {
    const targets = ports.map((port) => `sip:127.0.0.1:${port}`);
    rig.srf.invite((req) => {
      rig.srf.proxyRequest(req, targets, options, (err: unknown, results: unknown) => {
        if (err) reject(err);
        else resolve(results as Proxied);
      });
    });
  });
}

async function start(t: TestContext): Promise<[Rig, WirePhone, WirePhone, WirePhone]> {
  const rig = await startRig(t);
  const phone = () => WirePhone.open(t, rig.udp.port);
  return [rig, await phone(), await phone(), await phone()];
}

test('the second target answers; ACK and BYE pass through by Record-Route', async (t) => {
  const [rig, caller, first, second] = await start(t);
  const results = proxyTo(rig, [first.port, second.port], { remainInDialog: true });
  caller.send(caller.request('INVITE', {}, OFFER));
  const refused = await first.take(/^INVITE/);
  assert.equal(header(refused, 'Max-Forwards'), '69');
  assert.equal(headerLines(refused, 'Via').length, 2);
  first.send(first.response(refused, '486 Busy Here'));
  await first.take(/^ACK/);
  const invite = await second.take(/^INVITE/);
  const recorded = { 'Record-Route': header(invite, 'Record-Route') };
  second.send(second.response(invite, '180 Ringing', recorded));
  await caller.take(/^SIP\/2.0 180/);
  second.send(second.response(invite, '200 OK', recorded, ANSWER));
  const ok = await caller.take(/^SIP\/2.0 200/);
  assert.equal(headerLines(ok, 'Via').length, 1);
  assert.deepEqual((({ connected, finalStatus }) => [connected, finalStatus])(await results), [
    true,
    200,
  ]);
  const inside = { To: header(ok, 'To'), Route: header(ok, 'Record-Route') };
  const target = `sip:phone@127.0.0.1:${second.port}`;
  caller.send(caller.request('ACK', { ...inside, CSeq: '1 ACK' }, '', target));
  assert.equal(header(await second.take(/^ACK/), 'Route'), '');
  caller.send(caller.request('BYE', inside, '', target));
  second.send(second.response(await second.take(/^BYE/), '200 OK'));
  assert.match(header(await caller.take(/^SIP\/2.0 200/), 'CSeq'), /BYE/);
  assert.equal((await rig.engine.stats())['dialogs'], 0);
});

test('s.16.10: the caller cancels and so does the proxy', async (t) => {
  const [rig, caller, first] = await start(t);
  void proxyTo(rig, [first.port], {});
  const invite = caller.request('INVITE', {}, OFFER);
  caller.send(invite);
  const forwarded = await first.take(/^INVITE/);
  first.send(first.response(forwarded, '180 Ringing'));
  await caller.take(/^SIP\/2.0 180/);
  caller.send(caller.request('CANCEL', { Via: header(invite, 'Via'), CSeq: '1 CANCEL' }));
  await caller.take(/^SIP\/2.0 487/);
  const cancel = await first.take(/^CANCEL/);
  first.send(first.response(cancel, '200 OK'));
  first.send(first.response(forwarded, '487 Request Terminated'));
  await first.take(/^ACK/);
});

test('a silent target is left after a time-out, a redirect is followed', async (t) => {
  const [rig, caller, silent, redirecting] = await start(t);
  const last = await WirePhone.open(t, rig.udp.port);
  const options = { provisionalTimeout: '400ms', followRedirects: true };
  const results = proxyTo(rig, [silent.port, redirecting.port], options);
  caller.send(caller.request('INVITE', {}, OFFER));
  const moved = await redirecting.take(/^INVITE/);
  const contact = { Contact: `<sip:x@127.0.0.1:${last.port}>` };
  redirecting.send(redirecting.response(moved, '302 Moved', contact));
  last.send(last.response(await last.take(/^INVITE/), '404 Not Found'));
  await caller.take(/^SIP\/2.0 404/);
  assert.equal((await results).connected, false);
});

test('nobody makes us a relay with a Route of his own', async (t) => {
  const [rig, caller, victim] = await start(t);
  const change = {
    Route: `<sip:guess@127.0.0.1:${rig.udp.port};lr>`,
    To: '<sip:x@127.0.0.1>;tag=x',
  };
  caller.send(caller.request('BYE', change, '', `sip:x@127.0.0.1:${victim.port}`));
  await caller.take(/^SIP\/2.0 481/);
  await until('nothing at the victim', () => victim.inbox.length === 0);
});
