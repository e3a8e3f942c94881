// Call records by unmodified drachtio-srf: who asks for them gets one of each kind for every call,
// with the message that made it.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import type Srf from 'drachtio-srf';
import type { SrfRequest, SrfResponse } from 'drachtio-srf';
import { until } from '../../support/until.ts';
import { ANSWER, OFFER, startRig, type Rig } from '../support/rig.ts';
import { WirePhone } from '../support/wire-phone.ts';

interface Message {
  readonly method?: string;
  readonly status?: number;
}

/** The records of a rig's calls, in short, as one further application hears them. */
async function recordsOf(rig: Rig) {
  const heard: string[] = [];
  const listener = await rig.connect();
  const on = listener.on.bind(listener) as (
    event: string,
    handler: (source: string, time: string, ...rest: unknown[]) => void,
  ) => void;
  for (const what of ['attempt', 'start', 'stop']) {
    on(`cdr:${what}`, (source, time, ...rest) => {
      assert.match(time, /^\d\d:\d\d:\d\d\.\d{6}$/);
      const { method, status } = rest.at(-1) as Message;
      const detail = rest.length > 1 ? ` ${String(rest[0])}` : '';
      heard.push(`${what} ${source}${detail} ${method ?? ''}${status || ''}`);
    });
  }
  return heard;
}

const OVER = { headers: {}, localSdp: OFFER };

/** Two engines: one calls, the other answers as told. */
async function pair(
  t: TestContext,
  answer: (srf: Srf, req: SrfRequest, res: SrfResponse) => unknown,
) {
  const [caller, callee] = [await startRig(t), await startRig(t)];
  callee.srf.invite((req, res) => void answer(callee.srf, req, res));
  const [calls, answers] = [await recordsOf(caller), await recordsOf(callee)];
  // The routes are known when a later frame of the same connection is answered.
  await new Promise((resolve) => setImmediate(resolve));
  return { caller, callee, calls, answers };
}

test('an answered call: attempt, start and stop at both ends', async (t) => {
  const { caller, callee, calls, answers } = await pair(t, (srf, req, res) =>
    srf.createUAS(req, res, { localSdp: ANSWER }),
  );
  const dialog = await caller.srf.createUAC(callee.uri(), OVER);
  dialog.destroy();
  await until('the records', () => calls.length >= 3 && answers.length >= 3);
  assert.deepEqual(calls, [
    'attempt application INVITE',
    'start network uac 200',
    'stop application normal-release BYE',
  ]);
  assert.deepEqual(answers, [
    'attempt network INVITE',
    'start application uas 200',
    'stop network normal-release BYE',
  ]);
});

test('a refused call has no start; silence is an error of the system', async (t) => {
  const refuse = (_srf: Srf, _req: SrfRequest, res: SrfResponse) => res.send(486);
  const { caller, callee, calls, answers } = await pair(t, refuse);
  await assert.rejects(caller.srf.createUAC(callee.uri(), OVER), { status: 486 });
  const mute = await WirePhone.open(t, callee.udp.port);
  await assert.rejects(caller.srf.createUAC(`sip:a@127.0.0.1:${mute.port}`, OVER), { status: 408 });
  await until('the records', () => calls.length >= 4 && answers.length >= 2);
  assert.deepEqual(calls, [
    'attempt application INVITE',
    'stop network call-rejected 486',
    'attempt application INVITE',
    'stop application system-error-initiated-termination 408',
  ]);
  assert.deepEqual(answers, ['attempt network INVITE', 'stop application call-rejected 486']);
});
