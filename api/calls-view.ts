// What operators see of a live call: its legs with their quality, hold, recording, supervision.
import type { z } from '@hono/zod-openapi';
import type { Control, LegView } from '../callback/index.ts';
import type { MixKind } from '../media/index.ts';
import { recordingLinkOf } from './schemas/attempts.ts';
import type { callSchema } from './schemas/calls.ts';

type Call = z.output<typeof callSchema>;

export type OperatorsView = Pick<
  Call,
  'onHold' | 'recording' | 'recordingLink' | 'supervision' | 'legs'
>;

/** As the API names them. */
const MODES: Readonly<Record<MixKind, 'listen' | 'whisper' | 'barge'>> = {
  listen: 'listen',
  whisper: 'whisper',
  conference: 'barge',
};

/** The way to mix of a mode of the API. */
export function mixKindOf(mode: 'listen' | 'whisper' | 'barge'): MixKind {
  return mode === 'barge' ? 'conference' : mode;
}

/** @param control null: nobody is on the line for this interaction now */
export async function operatorsView(control: Pick<Control, 'view'> | null): Promise<OperatorsView> {
  const view = await control?.view();
  if (view === undefined) {
    const none = { recording: 'off', recordingLink: null, supervision: null } as const;
    return { onHold: false, ...none, legs: [] };
  }
  const { onHold, recording, recordingPath, supervision, legs } = view;
  return {
    recordingLink: recordingLinkOf(recordingPath),
    ...{ onHold, recording, legs: legs.map(legView) },
    supervision: supervision === null ? null : MODES[supervision],
  };
}

function legView({ leg, callId, answered, stats }: LegView): OperatorsView['legs'][number] {
  if (stats === null) return { leg, sipCallId: callId, answered, quality: null };
  const { mos, lossPercent, jitterMs, roundTripMs } = stats;
  const quality = { mos, lossPercent, jitterMs, roundTripMs };
  return { leg, sipCallId: callId, answered, quality };
}
