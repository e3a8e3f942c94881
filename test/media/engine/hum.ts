// Three in a call, each humming at a pitch of its own, so that anybody can be told in what another
// hears.
import type { TestContext } from 'node:test';
import {
  ALAW_TO_LINEAR,
  LINEAR_TO_ALAW,
  LINEAR_TO_ULAW,
  ULAW_TO_LINEAR,
} from '../../../media/codec/g711.ts';
import type { MediaEngine } from '../../../media/engine.ts';
import type { LegEvents } from '../../../media/index.ts';
import { amplitude } from '../../support/audio.ts';
import type { Call } from './engine.ts';
import { openCall } from './engine.ts';
import type { Heard } from './peer.ts';

export const PITCH_HZ = { customer: 500, agent: 850, third: 1_350 };
export type Party = keyof typeof PITCH_HZ;
export const PARTIES = Object.keys(PITCH_HZ) as Party[];
const AMPLITUDE = 5_000;

/** 20 ms of a party's voice. */
function hum(party: Party, index: number): Int16Array {
  const step = (2 * Math.PI * PITCH_HZ[party]) / 8_000;
  return Int16Array.from({ length: 160 }, (_, i) =>
    Math.round(AMPLITUDE * Math.sin(step * (index * 160 + i))),
  );
}

export function decoded({ payload, payloadType }: Heard): number[] {
  const table = payloadType === 8 ? ALAW_TO_LINEAR : ULAW_TO_LINEAR;
  return [...payload].map((byte) => table[byte] ?? 0);
}

/** Whether a pitch is loud in the last 200 ms that a peer got. */
export function hearsPitch(call: Call, frequencyHz: number): boolean {
  const sound = call.peer.heard.slice(-10).flatMap(decoded);
  return amplitude(sound, frequencyHz) > AMPLITUDE / 2;
}

/** Whom this party heard in the last 200 ms, loud enough to be understood. */
export function hears(call: Call): string {
  return PARTIES.filter((party) => hearsPitch(call, PITCH_HZ[party])).join('+');
}

export async function three(
  t: TestContext,
  media: MediaEngine,
  events: LegEvents = {},
): Promise<Record<Party, Call>> {
  const customer = await openCall(t, media, 'customer', '0 101', events);
  const agent = await openCall(t, media, 'agent', '8 101', events);
  const third = await openCall(t, media, 'third', '0 101', events);
  customer.peer.talk(0, (index) => ulaw(hum('customer', index)));
  agent.peer.talk(8, (index) =>
    Uint8Array.from(hum('agent', index), (sample) => LINEAR_TO_ALAW[sample & 0xffff] ?? 0),
  );
  third.peer.talk(0, (index) => ulaw(hum('third', index)));
  return { customer, agent, third };
}

function ulaw(samples: Int16Array): Uint8Array {
  return Uint8Array.from(samples, (sample) => LINEAR_TO_ULAW[sample & 0xffff] ?? 0);
}
