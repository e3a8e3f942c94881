// What the other end of a telephone call is like: people, machines, faxes and network tones, each a
// script for `phone.onCall`. Times are the ones of the callee; sound is samples or a WAV file.
import type { PhoneCall } from './call.ts';
import { SAMPLE_RATE_HZ } from './sound.ts';

export type Sound = Int16Array | string;
export type Behaviour = (call: PhoneCall) => Promise<void>;

export interface PersonOptions {
  /** Said after the answer, when `pauseMs` is over. */
  readonly hello: Sound;
  /** Said over and over `talkAfterMs` after the hello; null: listens only. */
  readonly talk?: Sound | null;
  readonly ringMs?: number;
  readonly pauseMs?: number;
  readonly talkAfterMs?: number;
  /** Hangs up this long after the answer; null: stays until the other side hangs up. */
  readonly stayMs?: number | null;
  /** Ringback as early media (183) instead of a plain 180. */
  readonly ringback?: Sound | null;
}

/** Rings, answers, says hello, listens, talks. */
export function person(options: PersonOptions): Behaviour {
  const { ringMs = 300, pauseMs = 400, talkAfterMs = 1500, stayMs = null } = options;
  return async (call) => {
    if (options.ringback) void call.earlyMedia(options.ringback, { loop: true });
    else call.ring();
    if (!(await call.wait(ringMs))) return;
    call.stopPlaying();
    if (!(await call.answer()) || !(await call.wait(pauseMs))) return;
    if (stayMs !== null) void call.wait(stayMs).then(() => call.hangUp());
    await call.play(options.hello);
    if (!options.talk || !(await call.wait(talkAfterMs))) return;
    await call.play(options.talk, { loop: true });
  };
}

/** On another call: 486 with Q.850 cause 17. */
export function busy(): Behaviour {
  return async (call) => {
    call.reject(486, 'Busy Here', { reasonHeader: 'Q.850;cause=17;text="User busy"' });
  };
}

/** Declines: 603 with Q.850 cause 21. */
export function declining(ringMs = 300): Behaviour {
  return async (call) => {
    call.ring();
    await call.wait(ringMs);
    call.reject(603, 'Decline', { reasonHeader: 'Q.850;cause=21;text="Call rejected"' });
  };
}

/** Rings until the caller gives up. */
export function noAnswer(): Behaviour {
  return async (call) => {
    call.ring();
    await call.ended;
  };
}

export interface MachineOptions {
  /** Greeting; its beep may be part of it or follow as `beep`. */
  readonly greeting: Sound;
  readonly beep?: Sound;
  readonly ringMs?: number;
  readonly pauseMs?: number;
  /** Hangs up after so much silence, */
  readonly silenceMs?: number;
  /** and at the latest so long after the beep. */
  readonly longestMessageMs?: number;
  /** Takes what was heard after the beep. */
  readonly onMessage?: (message: Int16Array) => void;
}

/** Answers, plays its greeting, records, hangs up when nobody speaks any more. */
export function machine(options: MachineOptions): Behaviour {
  const { ringMs = 300, pauseMs = 500, silenceMs = 2000, longestMessageMs = 30_000 } = options;
  return async (call) => {
    call.ring();
    await call.wait(ringMs);
    if (!(await call.answer()) || !(await call.wait(pauseMs))) return;
    await call.play(options.greeting);
    if (options.beep) await call.play(options.beep);
    const from = call.heard().length;
    const startedAtMs = performance.now();
    while (await call.wait(100)) {
      const recordedMs = performance.now() - startedAtMs;
      const silent = recordedMs >= silenceMs && isSilent(call.heard(), silenceMs);
      if (silent || recordedMs >= longestMessageMs) break;
    }
    options.onMessage?.(call.heard().slice(from));
    await call.hangUp();
  };
}

/** Answers with a called-station tone (ITU-T T.30) and waits for a fax that never comes. */
export function fax(ced: Sound, waitMs = 10_000): Behaviour {
  return async (call) => {
    call.ring();
    await call.wait(300);
    if (!(await call.answer()) || !(await call.wait(200))) return;
    await call.play(ced);
    if (await call.wait(waitMs)) await call.hangUp();
  };
}

/** Special information tones as early media, then a refusal; null: then nothing at all. */
export function specialInformation(
  tones: Sound,
  refusal: { readonly status: number; readonly reason: string } | null,
): Behaviour {
  return async (call) => {
    await call.earlyMedia(tones);
    if (refusal) call.reject(refusal.status, refusal.reason);
    else await call.ended;
  };
}

/** Whether the last `durationMs` hold nothing louder than a quiet room (about -50 dBov). */
function isSilent(heard: Int16Array, durationMs: number): boolean {
  const tail = heard.subarray(-Math.round((durationMs * SAMPLE_RATE_HZ) / 1000));
  return tail.every((sample) => Math.abs(sample) < 100);
}
