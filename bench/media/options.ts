// A media engine with one worker, as benchmarks and fuzzers run it.
import type { MediaOptions, SocketsChoice } from '../../media/index.ts';

/** @param folder for recordings @param portRestMs how long the ports of a closed leg rest */
export function mediaOptions(
  folder: string,
  portRestMs: number,
  sockets: SocketsChoice = 'auto',
): MediaOptions {
  return {
    host: '127.0.0.1',
    announcedHost: null,
    portMin: 10_000,
    portMax: 30_000,
    workers: 1,
    portRestMs,
    sockets,
    codecs: ['PCMU'],
    recordingsDir: folder,
    // A benchmark wants to see what happens then.
    maxTickLateMs: 10_000,
    cpd: {
      tonePlan: 'US',
      profile: 'neutral',
      silenceDbov: -50,
      personMaxGreetingMs: 1_600,
      endOfGreetingSilenceMs: 700,
      shortAnswerSilenceMs: 460,
      maxInitialSilenceMs: 4_500,
      maxDecisionMs: 9_000,
      revisionMs: 6_000,
      revisionTalkMs: 2_500,
      maxBeepMs: 45_000,
      secondBeepMs: 1_500,
    },
  };
}
