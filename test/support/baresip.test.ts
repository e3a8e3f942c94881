// A real softphone and the test phone call each other, and hear each other.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { Baresip, takeNetstrings } from './baresip.ts';
import { Phone } from './phone.ts';
import { Endpoint } from './phone/endpoint.ts';
import { header } from './phone/message.ts';
import type { ServerRequest } from './phone/server.ts';
import { readWav } from './phone/sound.ts';
import { requireTool } from './tools.ts';
import { until } from './until.ts';

function tone(frequencyHz: number): Int16Array {
  return Int16Array.from({ length: 16_000 }, (_, i) =>
    Math.round(8000 * Math.sin((2 * Math.PI * frequencyHz * i) / 8000)),
  );
}

/** Share of a sound's energy at one frequency, 0 to 1, over its loudest half second. */
function share(sound: Int16Array, frequencyHz: number): number {
  let best = 0;
  for (let from = 0; from + 4000 <= sound.length; from += 2000) {
    let [real, imaginary, energy] = [0, 0, 1];
    for (let i = 0; i < 4000; i++) {
      const sample = sound[from + i] ?? 0;
      real += sample * Math.cos((2 * Math.PI * frequencyHz * i) / 8000);
      imaginary += sample * Math.sin((2 * Math.PI * frequencyHz * i) / 8000);
      energy += sample * sample;
    }
    best = Math.max(best, (2 * (real * real + imaginary * imaginary)) / 4000 / energy);
  }
  return best;
}

test('netstrings are taken whole, however they arrive', () => {
  const bytes = Buffer.from('5:hello,3:wor,4:xy');
  const { texts, rest } = takeNetstrings(bytes);
  assert.deepEqual(texts, ['hello', 'wor']);
  assert.equal(rest.toString(), '4:xy');
  assert.deepEqual(takeNetstrings(Buffer.from('12')).texts, []);
});

test('a softphone registers, before or after we ask', async (t) => {
  if (!requireTool(t, 'baresip')) return;
  const answer = (request: ServerRequest) => {
    request.respond(200, 'OK', [['Contact', `${header(request.message, 'contact')};expires=60`]]);
  };
  const registrar = await Endpoint.open(
    {
      host: '127.0.0.1',
      port: 0,
      trace: () => undefined,
      dropReceived: () => false,
      dropSent: () => false,
      delayMs: 0,
    },
    answer,
  );
  const registration = { registrar: registrar.address, password: 'secret' };
  const baresip = await Baresip.start({ username: 'bob', registration, speech: tone(600) });
  t.after(async () => {
    registrar.close();
    await baresip.close();
  });
  await baresip.registered();
});

describe('baresip', { concurrency: 2 }, () => {
  test('answers a call, speaks and hears', async (t) => {
    if (!requireTool(t, 'baresip')) return;
    const speech = tone(600);
    const baresip = await Baresip.start({ username: 'bob', registration: null, speech });
    const phone = await Phone.open({ name: 'alice' });
    t.after(async () => {
      await phone.close();
      await baresip.close();
    });
    const call = await phone.dial({ to: baresip.uri });
    await baresip.event('CALL_ESTABLISHED');
    void call.play(tone(1100), { loop: true });
    await until('its voice', () => share(call.heard(), 600) > 0.9);
    await call.wait(1000);
    await call.hangUp();
    await baresip.event('CALL_CLOSED');
    const { heard } = await baresip.dumps();
    const file = await until(
      'the dump',
      async () => (await readFile(heard[0] ?? '')).length > 8000,
    );
    assert.ok(file);
    assert.ok(share(readWav(heard[0] ?? '').channels[0] ?? new Int16Array(), 1100) > 0.9);
  });

  test('dials, and says when the call was closed', async (t) => {
    if (!requireTool(t, 'baresip')) return;
    const speech = tone(700);
    const baresip = await Baresip.start({ username: 'carol', registration: null, speech });
    const phone = await Phone.open({ name: 'dave' });
    t.after(async () => {
      await phone.close();
      await baresip.close();
    });
    phone.onCall((call) => call.answer());
    baresip.command('dial', phone.uri);
    const call = await until('the call', () => phone.calls[0]);
    await baresip.event('CALL_ESTABLISHED');
    await until('its voice', () => share(call.heard(), 700) > 0.9);
    baresip.command('hangup');
    assert.equal((await call.ended).by, 'peer');
  });
});
