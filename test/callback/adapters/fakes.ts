// Stand-ins for sip/ and media/ that let a test inject what no well-behaved peer does on demand.
import type { CallFailure, OriginateRequest, OutboundCallEvents, Sip } from '../../../sip/index.ts';
import type { LegEvents, Media, MediaLeg, MixMember } from '../../../media/index.ts';
import { liveClock, silentLog } from '../../../core/live.ts';
import { unavailable } from '../../../core/errors.ts';
import type { LegDeps } from '../../../callback/adapters/leg.ts';

export interface FakeCall {
  readonly request: OriginateRequest;
  readonly events: OutboundCallEvents;
  readonly hungUp: string[];
}

export interface FakeLeg {
  readonly legId: string;
  readonly events: LegEvents;
  readonly did: string[];
  lastPlayId: number;
}

export interface World {
  readonly deps: LegDeps;
  readonly calls: FakeCall[];
  readonly legs: Map<string, FakeLeg>;
  readonly bridges: string[];
  /** What recordings did, in order. */
  readonly tape: string[];
  /** When set, no leg can be opened. */
  noPort: boolean;
  /** When set, media takes no new calls. */
  overloaded: boolean;
}

/** Telephony without a network: everything asked for is written down. */
export function makeWorld(): World {
  const calls: FakeCall[] = [];
  const legs = new Map<string, FakeLeg>();
  const bridges: string[] = [];
  const tape: string[] = [];
  const world = { calls, legs, bridges, tape, noPort: false, overloaded: false };
  const sip: Pick<Sip, 'originate' | 'bindings'> = {
    bindings: () => [],
    originate(request, events) {
      const call: FakeCall = { request, events, hungUp: [] };
      calls.push(call);
      return {
        callId: `call-${calls.length}`,
        hangUp: (reason) => void call.hungUp.push(reason),
        reoffer: () => Promise.reject(new Error('not used')),
      };
    },
  };
  const media: Pick<Media, 'openLeg' | 'bridge' | 'mix' | 'record'> = {
    openLeg(legId, _affinity, events) {
      if (world.noPort) return Promise.reject(new Error('no port'));
      if (world.overloaded) {
        return Promise.reject(unavailable('MEDIA_OVERLOADED', 'all threads are late'));
      }
      const leg: FakeLeg = { legId, events, did: [], lastPlayId: 0 };
      legs.set(legId, leg);
      return Promise.resolve(fakeMediaLeg(leg));
    },
    bridge: (a, b) => void bridges.push(`${a}+${b}`),
    mix: (members) => void bridges.push(members.map(describeMember).join(' ')),
    record: ({ fileName }) => {
      tape.push(`record ${fileName}`);
      return {
        path: `/recordings/${fileName}`,
        pause: () => void tape.push('pause'),
        resume: () => void tape.push('resume'),
        stop: () => Promise.resolve({ durationMs: tape.push('stop') * 0 }),
      };
    },
  };
  const deps = { sip: sip as Sip, media: media as Media, clock: liveClock, log: silentLog };
  return Object.assign(world, { deps });
}

function describeMember({ legId, hears }: MixMember): string {
  return `${legId}<${hears.join('+')}`;
}

function fakeMediaLeg(leg: FakeLeg): MediaLeg {
  const note = (what: string) => void leg.did.push(what);
  return {
    legId: leg.legId,
    rtpPort: 20_000,
    offer: () => 'offer',
    acceptAnswer(sdp) {
      if (sdp === 'bad') throw new Error('unacceptable');
      note(`answer ${sdp}`);
    },
    answerTo: (sdp) => `answer to ${sdp}`,
    play(request) {
      leg.lastPlayId += 1;
      const files = request.sources.map((source) => (source.kind === 'file' ? source.path : ''));
      note(`play ${files.join('+')}${request.loop ? ' loop' : ''}`);
      return leg.lastPlayId;
    },
    stopPlaying: () => note('stop playing'),
    detect: (phase) => note(`detect ${phase}`),
    stopDetecting: () => note('stop detecting'),
    sendDtmf: (digits) => note(`press ${digits}`),
    takeDigit: (digit, durationMs) => note(`digit ${digit}/${durationMs}`),
    stats: () => Promise.reject(new Error('not used')),
    close: () => note('close'),
  };
}

export function failure(status: number, cancelledByUs = false): CallFailure {
  return { status, reason: `status ${status}`, q850Cause: null, cancelledByUs };
}
