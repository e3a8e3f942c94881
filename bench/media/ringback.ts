// The media engine with one worker as a process of its own, over the sockets that its argument
// names. Commands and answers: protocol.ts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { liveClock, liveRng, silentLog } from '../../core/live.ts';
import { createMedia } from '../../media/index.ts';
import type { MediaLeg, SocketsChoice } from '../../media/index.ts';
import { mediaOptions } from './options.ts';
import type { Opened, SubjectCommand } from './protocol.ts';

const SOUND = new URL('../../test/support/speech/agent-talk.wav', import.meta.url).pathname;

const folder = mkdtempSync(join(tmpdir(), 'ringback-bench-'));
const deps = { clock: liveClock, rng: liveRng, log: silentLog };
const sockets = process.argv[2] as SocketsChoice;
const media = createMedia(mediaOptions(folder, 0, sockets), deps);
await media.start();
let legs: MediaLeg[] = [];

function sdp(port: number): string {
  const lines = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'];
  return [...lines, `m=audio ${port} RTP/AVP 0 101`, 'a=rtpmap:101 telephone-event/8000', ''].join(
    '\r\n',
  );
}

async function openLegs(
  peerPorts: readonly number[],
  opened: (leg: MediaLeg, i: number) => void,
): Promise<Opened> {
  for (const [i, port] of peerPorts.entries()) {
    // A verdict ends detection: it begins again, so that none of them ever rests.
    const leg = await media.openLeg(`leg-${i}`, 'bench', {
      verdict: () => leg.detect('after-answer'),
    });
    leg.offer();
    leg.acceptAnswer(sdp(port));
    legs.push(leg);
    opened(leg, i);
  }
  return { ports: legs.map(({ rtpPort }) => rtpPort) };
}

function bridgeWithLast(leg: MediaLeg, i: number): void {
  if (i % 2 === 1) media.bridge(`leg-${i - 1}`, leg.legId);
}

async function obey(command: SubjectCommand): Promise<object> {
  switch (command.do) {
    case 'bridge':
      return openLegs(command.peerPorts, bridgeWithLast);
    case 'announce':
      return openLegs(command.peerPorts, (leg) =>
        leg.play({ sources: [{ kind: 'file', path: SOUND }], loop: true }),
      );
    case 'detect':
      return openLegs(command.peerPorts, (leg) => leg.detect('after-answer'));
    case 'clear':
      for (const leg of legs) leg.close();
      legs = [];
      return media.stats();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await obey(JSON.parse(line) as SubjectCommand);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await media.stop();
rmSync(folder, { recursive: true });
process.exit(0);
