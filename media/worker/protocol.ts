// The messages between the main thread and a media worker: small, typed, in order. RTP and PCM
// never cross. `legId`, `recordingId` and `askId` are the main thread's.
import type { RemoteMedia } from '../sdp/model.ts';
import type { SocketsChoice, Transport } from '../transport/types.ts';
import type {
  ConsentBeep,
  CpdOptions,
  CpdPhase,
  CpdVerdict,
  LegStats,
  MixMember,
  PlayRequest,
} from '../types.ts';

/** What a worker is born with (`workerData`). */
export interface WorkerBirth {
  readonly host: string;
  readonly cpd: CpdOptions;
  readonly sockets: SocketsChoice;
  /** Where the thread notes the file descriptors that Node does not know; see FdLedger. */
  readonly ledger: SharedArrayBuffer;
}

/** Main thread to worker. */
export type Command =
  | {
      readonly type: 'open-leg';
      readonly legId: string;
      readonly rtpPort: number;
      /** Source of what the leg sends; left out: any. */
      readonly ssrc?: number;
    }
  | { readonly type: 'close-leg'; readonly legId: string }
  | { readonly type: 'set-remote'; readonly legId: string; readonly remote: RemoteMedia }
  | {
      readonly type: 'play';
      readonly legId: string;
      readonly playId: number;
      readonly request: PlayRequest;
    }
  | { readonly type: 'stop-playing'; readonly legId: string }
  | { readonly type: 'detect'; readonly legId: string; readonly phase: CpdPhase }
  | { readonly type: 'stop-detecting'; readonly legId: string }
  | { readonly type: 'send-dtmf'; readonly legId: string; readonly digits: string }
  | {
      readonly type: 'take-digit';
      readonly legId: string;
      readonly digit: string;
      readonly durationMs: number;
    }
  | { readonly type: 'bridge'; readonly legIdA: string; readonly legIdB: string }
  | { readonly type: 'unbridge'; readonly legIdA: string; readonly legIdB: string }
  | { readonly type: 'mix'; readonly members: readonly MixMember[] }
  | {
      readonly type: 'record';
      readonly recordingId: number;
      readonly path: string;
      readonly leftLegId: string;
      readonly rightLegId: string | null;
      readonly consentBeep: ConsentBeep | null;
    }
  | {
      readonly type: 'pause-recording';
      readonly recordingId: number;
      readonly paused: boolean;
    }
  | { readonly type: 'stop-recording'; readonly recordingId: number }
  | { readonly type: 'ask-leg-stats'; readonly askId: number; readonly legId: string }
  | { readonly type: 'ask-worker-stats'; readonly askId: number }
  | { readonly type: 'stop' };

/** Totals of one worker since it began. */
export interface WorkerStats {
  readonly packetsReceived: number;
  readonly packetsSent: number;
  readonly packetsRefused: number;
  readonly packetsLost: number;
  /** Ticks left out because the thread was too late to catch up without a burst. */
  readonly ticksSkipped: number;
}

/** Which direction is missing. */
export type OneWay = 'nothing-received' | 'nothing-heard-by-peer';

/** Worker to main thread. */
export type Report =
  | {
      readonly type: 'ready';
      readonly sockets: Transport['kind'];
      /** Why it does without `ffi`; null: as asked for. */
      readonly fallback: string | null;
    }
  /** Every second: how late the tick was, and which share of the second the thread was at work. */
  | {
      readonly type: 'load';
      readonly meanLateMs: number;
      readonly worstLateMs: number;
      readonly busy: number;
    }
  | { readonly type: 'leg-opened'; readonly legId: string }
  /** `inUse`: another port may do. */
  | {
      readonly type: 'leg-refused';
      readonly legId: string;
      readonly inUse: boolean;
      readonly reason: string;
    }
  | {
      readonly type: 'leg-closed';
      readonly legId: string;
      readonly rtpPort: number;
      readonly stats: LegStats;
    }
  | { readonly type: 'verdict'; readonly legId: string; readonly verdict: CpdVerdict }
  | { readonly type: 'play-ended'; readonly legId: string; readonly playId: number }
  | {
      readonly type: 'play-source-failed';
      readonly legId: string;
      readonly path: string;
      readonly reason: string;
    }
  | {
      readonly type: 'dtmf';
      readonly legId: string;
      readonly digit: string;
      readonly durationMs: number;
    }
  | {
      readonly type: 'latched';
      readonly legId: string;
      readonly host: string;
      readonly port: number;
    }
  | { readonly type: 'rtp-silent'; readonly legId: string; readonly silentMs: number }
  | { readonly type: 'one-way'; readonly legId: string; readonly direction: OneWay }
  | { readonly type: 'dead-air'; readonly legId: string; readonly quietMs: number }
  | { readonly type: 'recorded'; readonly recordingId: number; readonly durationMs: number }
  | { readonly type: 'record-failed'; readonly recordingId: number; readonly reason: string }
  | { readonly type: 'leg-stats'; readonly askId: number; readonly stats: LegStats | null }
  | { readonly type: 'worker-stats'; readonly askId: number; readonly stats: WorkerStats };
