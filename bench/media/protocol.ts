// What the benchmark's processes say to each other: JSON, one line each. Types only.
import type { Spread } from './samples.ts';

/** To a process that carries sound; answered by `Opened`, or by `{}` for `clear`. */
export type SubjectCommand =
  /** Pairs of streams, 2i and 2i + 1, that hear each other. */
  | { readonly do: 'bridge'; readonly peerPorts: readonly number[] }
  /** Streams that are played a sound, without end. */
  | { readonly do: 'announce'; readonly peerPorts: readonly number[] }
  /** Streams in which call progress detection never ends. */
  | { readonly do: 'detect'; readonly peerPorts: readonly number[] }
  | { readonly do: 'clear' };

/** Where each stream is to be sent to. */
export interface Opened {
  readonly ports: readonly number[];
}

/** To the generator. */
export interface Run {
  readonly targets: readonly number[];
  readonly seconds: number;
  readonly warmSeconds: number;
  /** `echo`: stamped packets that come back; `speech`: sound for detection; `nothing`. */
  readonly send: 'echo' | 'speech' | 'nothing';
}

/** The generator's answer at the end of a run; a line `{"begun":true}` comes before it. */
export interface Measurement {
  readonly sent: number;
  readonly received: number;
  /** Share of packets that never came, percent. */
  readonly lossPercent: number;
  /** `echo`: from our send to our receipt. */
  readonly latency: Spread | null;
  /** How much later than the stream's own 20 ms grid packets came. */
  readonly lateness: Spread;
  /** How much later than planned we sent. */
  readonly pacing: Spread;
}
