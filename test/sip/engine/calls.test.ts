// Calls between two engines, both driven by unmodified drachtio-srf applications.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { Dialog, SrfRequest, SrfResponse } from 'drachtio-srf';
import { until } from '../../support/until.ts';
import { ANSWER, next, OFFER, startRig, type Rig } from '../support/rig.ts';

/** Answers every INVITE; resolves with the callee's side of the first one. */
function answering(rig: Rig): Promise<Dialog> {
  return new Promise((resolve, reject) => {
    rig.srf.invite((req, res) => {
      rig.srf.createUAS(req, res, { localSdp: ANSWER }).then(resolve, reject);
    });
  });
}

for (const protocol of ['udp', 'tcp'] as const) {
  test(`a call over ${protocol}: answer, re-INVITE, INFO and BYE both ways`, async (t) => {
    const [a, b] = [await startRig(t), await startRig(t)];
    const callee = answering(b);
    const uac = await a.srf.createUAC(b.uri(protocol), { localSdp: OFFER });
    const uas = await callee;
    assert.equal(uac.remote.sdp, ANSWER);
    assert.equal(uas.remote.sdp, OFFER);
    assert.equal(uac.sip.localTag, uas.sip.remoteTag);
    const again = `${OFFER}a=sendonly\r\n`;
    assert.equal(await uac.modify(again), ANSWER);
    assert.equal(await uas.modify(`${ANSWER}a=inactive\r\n`), again);
    const body = 'digits: 1 ✓ ünïcode';
    for (const [from, to] of [
      [uac, uas],
      [uas, uac],
    ] as const) {
      to.on('info', (req: SrfRequest, res: SrfResponse) => {
        assert.equal(req.msg.body, body);
        res.send(200);
      });
      const options = { method: 'INFO', headers: { 'Content-Type': 'text/plain' }, body };
      const response = await from.request(options as unknown as SrfRequest);
      assert.equal(response.status, 200);
    }
    const ended = next(uas, 'destroy');
    uac.destroy();
    await ended;
    for (const { engine } of [a, b]) {
      await until('no dialogs', async () => (await engine.stats())['dialogs'] === 0);
    }
  });
}

test('the callee hangs up at once: BYE waits for the ACK, and the caller is told', async (t) => {
  const [a, b] = [await startRig(t), await startRig(t)];
  b.srf.invite((req, res) => {
    void b.srf.createUAS(req, res, { localSdp: ANSWER }).then((dialog) => dialog.destroy());
  });
  const uac = await a.srf.createUAC(b.uri(), { localSdp: OFFER });
  await next(uac, 'destroy');
});

test('a caller cancels while it rings: 487 here, cancel event there', async (t) => {
  const [a, b] = [await startRig(t), await startRig(t)];
  const cancelled = new Promise<void>((resolve) => {
    b.srf.invite((req, res) => {
      req.on('cancel', () => resolve());
      res.send(180);
    });
  });
  let request: SrfRequest | null = null;
  const call = a.srf.createUAC(
    b.uri(),
    { localSdp: OFFER },
    {
      cbRequest: (...args: unknown[]) => (request = args[1] as SrfRequest),
      cbProvisional: () => request?.cancel(() => undefined),
    },
  );
  await assert.rejects(call, { status: 487 });
  await cancelled;
});

test('s.9.1: a CANCEL before any provisional is held until one arrives', async (t) => {
  const [a, b] = [
    await startRig(t, { timers: { t1Ms: 500, t2Ms: 4_000, t4Ms: 5_000 } }),
    await startRig(t),
  ];
  b.srf.invite((_req, res) => res.send(180));
  const call = a.srf.createUAC(
    b.uri(),
    { localSdp: OFFER },
    {
      cbRequest: (...args: unknown[]) => (args[1] as SrfRequest).cancel(() => undefined),
    },
  );
  await assert.rejects(call, { status: 487 });
});

test('a refusal comes through with its status and reason', async (t) => {
  const [a, b] = [await startRig(t), await startRig(t)];
  b.srf.invite((_req, res) => res.send(486, 'Busy Here', { headers: { 'X-Why': 'lunch' } }));
  await assert.rejects(a.srf.createUAC(b.uri(), { localSdp: OFFER }), { status: 486 });
});

test('late offer: SDP in the 200, answer in the ACK', async (t) => {
  const [a, b] = [await startRig(t), await startRig(t)];
  const callee = answering(b);
  const offered = (await a.srf.createUAC(b.uri(), { localSdp: '', noAck: true })) as unknown as {
    sdp: string;
    ack(sdp: string): Promise<Dialog>;
  };
  const uas = await callee;
  assert.equal(offered.sdp, ANSWER);
  const acknowledged = next(uas, 'ack');
  await offered.ack(OFFER);
  const [ack] = (await acknowledged) as [SrfRequest];
  assert.equal(ack.msg.body, OFFER);
});

test('RFC 3262: a reliable 183 waits for PRACK, then the call is answered', async (t) => {
  const [a, b] = [await startRig(t), await startRig(t)];
  const pracked = new Promise<void>((resolve, reject) => {
    b.srf.invite((req, res) => {
      const send = res.send.bind(res) as (...args: unknown[]) => void;
      const options = { headers: { Require: '100rel' }, body: ANSWER };
      send(183, options, undefined, () => {
        resolve();
        b.srf.createUAS(req, res, { localSdp: ANSWER }).catch(reject);
      });
    });
  });
  const headers = { Supported: '100rel' };
  const uac = await a.srf.createUAC(b.uri(), { localSdp: OFFER, headers });
  await pracked;
  assert.equal(uac.remote.sdp, ANSWER);
  uac.destroy();
});

test('s.22.2: a challenged INVITE goes again: same Call-ID, higher CSeq', async (t) => {
  const [a, b] = [await startRig(t), await startRig(t)];
  const seen: { callId: string; cseq: number; from: string }[] = [];
  b.srf.invite((req, res) => {
    seen.push({
      callId: req.get('Call-ID'),
      cseq: parseInt(req.get('CSeq')),
      from: req.get('From'),
    });
    if (req.has('Authorization')) {
      void b.srf.createUAS(req, res, { localSdp: ANSWER });
    } else {
      const challenge = 'Digest realm="r", nonce="n", algorithm=MD5, qop="auth"';
      res.send(401, { headers: { 'WWW-Authenticate': challenge } });
    }
  });
  const auth = { username: 'u', password: 'p' };
  const uac = await a.srf.createUAC(b.uri(), { localSdp: OFFER, auth });
  assert.equal(seen.length, 2);
  assert.equal(seen[1]!.callId, seen[0]!.callId);
  assert.equal(seen[1]!.cseq, seen[0]!.cseq + 1);
  assert.equal(seen[1]!.from, seen[0]!.from);
  uac.destroy();
});

test('OPTIONS and REGISTER are plain transactions', async (t) => {
  const [a, b] = [await startRig(t), await startRig(t)];
  const routes = b.srf as unknown as Record<
    string,
    (fn: (req: SrfRequest, res: SrfResponse) => void) => void
  >;
  routes['options']!((_req, res) => res.send(200, { headers: { Accept: 'application/sdp' } }));
  routes['register']!((req, res) => res.send(200, { headers: { Contact: req.get('Contact') } }));
  const ask = async (method: string, headers: Record<string, string>): Promise<SrfResponse> => {
    const request = await (
      a.srf as unknown as {
        request(uri: string, options: object): Promise<SrfRequest>;
      }
    ).request(b.uri(), { method, headers });
    return (await next(request, 'response'))[0] as SrfResponse;
  };
  const options = await ask('OPTIONS', {});
  assert.equal(options.status, 200);
  assert.equal(options.get('Accept'), 'application/sdp');
  const register = await ask('REGISTER', { Contact: '<sip:x@127.0.0.1>;expires=60' });
  assert.equal(register.get('Contact'), '<sip:x@127.0.0.1>;expires=60');
});

test('an application that goes: its calls end with BYE, its ringing callers get 480', async (t) => {
  const [a, b] = [await startRig(t), await startRig(t)];
  const ringing = Promise.withResolvers<void>();
  let first = true;
  b.srf.invite((req, res) => {
    if (first) void b.srf.createUAS(req, res, { localSdp: ANSWER });
    else {
      res.send(180);
      ringing.resolve();
    }
    first = false;
  });
  const uac = await a.srf.createUAC(b.uri(), { localSdp: OFFER });
  const waiting = a.srf.createUAC(b.uri(), { localSdp: OFFER });
  await ringing.promise;
  const ended = next(uac, 'destroy');
  b.srf.disconnect();
  const [bye] = (await ended) as [SrfRequest];
  assert.match(bye.get('Reason'), /application disconnected/);
  await assert.rejects(waiting, { status: 480 });
});
