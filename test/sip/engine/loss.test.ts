// One message lost on the way: whatever it is, the call stands. RFC 3261 s.17, s.13.3.1.4.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { Dialog } from 'drachtio-srf';
import { until } from '../../support/until.ts';
import { openLossyRelay } from '../support/lossy-relay.ts';
import { ANSWER, next, OFFER, startRig } from '../support/rig.ts';

const LOSSES: readonly (readonly [name: string, lost: RegExp])[] = [
  ['the INVITE: timer A sends it again', /^INVITE/],
  ['the 100 and the 200: the 200 comes again', /^SIP\/2.0 (100|200)[^]*CSeq: \d+ INVITE/],
  ['the ACK: the 200 comes again and so does the ACK', /^ACK/],
  ['the BYE: timer E sends it again', /^BYE/],
  ['the 200 to BYE: answered again', /^SIP\/2.0 200[^]*CSeq: \d+ BYE/],
];

for (const [name, lost] of LOSSES) {
  test(`lost is ${name}`, async (t) => {
    const [a, b] = [await startRig(t), await startRig(t)];
    const relay = await openLossyRelay(
      t,
      { a: a.udp.port, b: b.udp.port },
      (text, earlier) => earlier === 0 && lost.test(text),
    );
    const callee = new Promise<Dialog>((resolve, reject) => {
      b.srf.invite((req, res) => {
        b.srf.createUAS(req, res, { localSdp: ANSWER }).then(resolve, reject);
      });
    });
    const uac = await a.srf.createUAC(`sip:bob@127.0.0.1:${relay.port}`, { localSdp: OFFER });
    const uas = await callee;
    await until('an ACK through', () =>
      relay.passed.some((message) => !message.lost && message.text.startsWith('ACK')),
    );
    const ended = next(uas, 'destroy');
    uac.destroy();
    await ended;
    for (const { engine } of [a, b]) {
      await until('no dialogs', async () => (await engine.stats())['dialogs'] === 0);
    }
    const again = relay.passed.filter((message) => lost.test(message.text));
    assert.ok(again[0]?.lost && again.length >= 2, 'it was lost, and sent again');
  });
}
