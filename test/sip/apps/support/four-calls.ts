// One call in each state, and what must become of all four when the engine is lost.
import assert from 'node:assert/strict';
import { until } from '../../../support/until.ts';
import { Notes, request, SDP, TO_USER } from './world.ts';
import type { World } from './world.ts';

export const credentials = { username: '1001', password: 'secret' };

/** In each state: ringing out, talking out, waiting in, talking in. */
export async function fourCalls(world: World) {
  const phone = await world.phone({ name: '1001' });
  await phone.register({ ...credentials, registrar: world.address });
  phone.onCall((call) => (phone.calls.length === 1 ? call.ring() : call.answer()));
  const [ringing, talking, inTalking] = [new Notes(), new Notes(), new Notes()];
  world.sip.originate(request({ target: TO_USER }), ringing);
  await ringing.heard('180');
  const leg = world.sip.originate(request({ target: TO_USER }), talking);
  await talking.heard('answered');
  const carrier = await world.phone({ name: 'carrier', host: '127.0.0.2' });
  const to = `sip:+12125550100@${world.address.host}:${world.address.port}`;
  await carrier.place({ to });
  const waiting = await world.call(1);
  const cancelled = Promise.withResolvers<void>();
  waiting.onCancelled(cancelled.resolve);
  await carrier.place({ to });
  const answered = await world.call(2);
  await answered.answer(SDP, inTalking);
  assert.equal((await world.sip.stats())['liveCalls'], 4);
  return { phone, ringing, talking, leg, waiting, cancelled: cancelled.promise, inTalking };
}

export async function allEnd({ ringing, talking, leg, waiting, cancelled, inTalking }: Calls) {
  await ringing.heard('failed 503');
  await talking.heard('ended engine');
  await inTalking.heard('ended engine');
  await cancelled;
  await assert.rejects(waiting.answer(SDP, new Notes()), { code: 'SIP_CALL_GONE' });
  await assert.rejects(leg.reoffer(SDP), { code: 'SIP_CALL_NOT_ANSWERED' });
}

export type Calls = Awaited<ReturnType<typeof fourCalls>>;

export async function callsAgain(world: World, phone: Calls['phone']): Promise<void> {
  await until('a new engine', async () => (await world.sip.stats())['engineConnected'] === 1);
  phone.onCall((call) => call.answer());
  const notes = new Notes();
  const leg = world.sip.originate(request({ target: TO_USER }), notes);
  await notes.heard('answered');
  leg.hangUp('done');
  await notes.heard('ended us');
}
