// What callers of media may ask for: limits of play requests, mixes and beeps. PURE.
import { badRequest } from '../core/errors.ts';
import type { ConsentBeep, MixMember, PlayRequest, PlaySource } from './types.ts';

const MAX_SOURCES = 256;
const MAX_SILENCE_MS = 3_600_000;
const MAX_CADENCE_MS = 60_000;
const MAX_CADENCE_STEPS = 64;
const MAX_MIX_MEMBERS = 16;

/** @throws RingbackError MEDIA_PLAY_INVALID */
export function checkRequest(request: PlayRequest): void {
  const { sources } = request;
  const countFits = sources.length > 0 && sources.length <= MAX_SOURCES;
  if (countFits && sources.every(isPlayable)) return;
  throw badRequest('MEDIA_PLAY_INVALID', 'the play request has a source that cannot be played');
}

function within(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}

function isPlayable(source: PlaySource): boolean {
  switch (source.kind) {
    case 'file':
      return source.path !== '' && !source.path.includes('\0');
    case 'silence':
      return within(source.durationMs, 0, MAX_SILENCE_MS);
    case 'tone': {
      const { frequenciesHz, levelDbov, cadenceMs } = source.tone;
      return (
        within(frequenciesHz.length, 1, 4) &&
        frequenciesHz.every((hz) => hz > 0 && hz < 4_000) &&
        within(levelDbov, -96, 0) &&
        within(cadenceMs.length, 1, MAX_CADENCE_STEPS) &&
        cadenceMs.every((stepMs) => within(stepMs, 0, MAX_CADENCE_MS))
      );
    }
  }
}

/** @throws RingbackError MEDIA_MIX_INVALID */
export function checkMix(members: readonly MixMember[]): void {
  const known = new Set(members.map(({ legId }) => legId));
  const sound = members.every(
    ({ legId, hears }) =>
      new Set(hears).size === hears.length &&
      hears.every((other) => other !== legId && known.has(other)),
  );
  if (sound && known.size === members.length && members.length <= MAX_MIX_MEMBERS) return;
  throw badRequest('MEDIA_MIX_INVALID', 'at most 16 legs, each once, may hear other members');
}

/** @throws RingbackError MEDIA_BEEP_INVALID */
export function checkBeep(beep: ConsentBeep | null): void {
  if (beep === null) return;
  if (within(beep.intervalMs, 1_000, 600_000) && within(beep.levelDbov, -60, 0)) return;
  throw badRequest('MEDIA_BEEP_INVALID', 'a beep comes every 1 to 600 s at -60 to 0 dBov');
}
