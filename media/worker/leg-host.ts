// What a leg tells, and what it needs of its worker. Types only.
import type { CpdOptions, CpdVerdict } from '../types.ts';
import type { OneWay } from './protocol.ts';

export interface LegHost {
  readonly random: () => number;
  readonly nowMs: () => number;
  readonly wallMs: () => number;
  readonly cpd: CpdOptions;
  verdict(legId: string, verdict: CpdVerdict): void;
  playEnded(legId: string, playId: number): void;
  dtmf(legId: string, digit: string, durationMs: number): void;
  latched(legId: string, host: string, port: number): void;
  rtpSilent(legId: string, silentMs: number): void;
  oneWay(legId: string, direction: OneWay): void;
  deadAir(legId: string, quietMs: number): void;
}
