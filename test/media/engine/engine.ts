// A running media engine for one test, on free ports, with everything closed at the end.
import type { TestContext } from 'node:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { liveClock, liveRng, silentLog } from '../../../core/live.ts';
import { MediaEngine } from '../../../media/engine.ts';
import type { LegEvents, MediaLeg, MediaOptions, SocketsChoice } from '../../../media/index.ts';
import { spawnMediaWorker } from '../../../media/worker/host.ts';
import type { SpawnWorker } from '../../../media/worker/host.ts';
import { Peer } from './peer.ts';

export interface Bench {
  readonly media: MediaEngine;
  readonly dir: string;
  /** Every worker ever started, in order. */
  readonly workers: readonly Worker[];
}

/** What tests run over unless they say; dgram.test.ts runs them over the other. */
export const preset: { sockets: SocketsChoice } = { sockets: 'auto' };

export async function startMedia(
  t: TestContext,
  overrides: Partial<MediaOptions> = {},
  spawn: SpawnWorker = spawnMediaWorker,
): Promise<Bench> {
  const dir = await mkdtemp(join(tmpdir(), 'ringback-media-'));
  const workers: Worker[] = [];
  const options: MediaOptions = {
    host: '127.0.0.1',
    announcedHost: null,
    portMin: 20_000,
    portMax: 60_000,
    workers: 1,
    portRestMs: 1_000,
    // However busy this machine is with others: pool.test.ts is about late threads.
    maxTickLateMs: 1_000,
    sockets: preset.sockets,
    codecs: ['PCMU', 'PCMA', 'G722', 'opus'],
    recordingsDir: join(dir, 'recordings'),
    cpd: {
      tonePlan: 'US',
      profile: 'neutral',
      silenceDbov: -45,
      personMaxGreetingMs: 1_800,
      endOfGreetingSilenceMs: 800,
      maxInitialSilenceMs: 1_000,
      maxDecisionMs: 6_000,
      shortAnswerSilenceMs: 500,
      revisionMs: 6_000,
      revisionTalkMs: 2_500,
      maxBeepMs: 10_000,
      secondBeepMs: 1_500,
    },
    ...overrides,
  };
  const deps = { clock: liveClock, rng: liveRng, log: silentLog };
  const media = new MediaEngine(options, deps, (birth) => {
    const worker = spawn(birth);
    workers.push(worker);
    return worker;
  });
  await media.start();
  t.after(async () => {
    await media.stop();
    await rm(dir, { recursive: true, force: true });
  });
  return { media, dir, workers };
}

export interface Call {
  readonly leg: MediaLeg;
  readonly peer: Peer;
}

/**
 * Commands before this have reached the thread of the leg: it answers them in order. Packets go by
 * another way, and could be there first.
 */
export async function obeyed({ leg }: Pick<Call, 'leg'>): Promise<void> {
  await leg.stats();
}

/** A leg whose peer has answered our offer. */
export async function openCall(
  t: TestContext,
  media: MediaEngine,
  legId: string,
  formats = '0 8 101',
  events: LegEvents = {},
): Promise<Call> {
  const peer = await Peer.open();
  t.after(() => peer.close());
  const leg = await media.openLeg(legId, 'one', events);
  peer.legPort = leg.rtpPort;
  leg.offer();
  leg.acceptAnswer(peer.sdp(formats));
  await obeyed({ leg });
  return { leg, peer };
}
