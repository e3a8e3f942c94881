// A worker's room on this thread, with its clock in our hand and real sockets.
import type { TestContext } from 'node:test';
import { NO_TYPES } from '../../../media/sdp/model.ts';
import type { RemoteMedia } from '../../../media/sdp/model.ts';
import { FdLedger } from '../../../media/transport/ledger.ts';
import { openTransport } from '../../../media/transport/open.ts';
import { PHASES } from '../../../media/worker/phases.ts';
import type { Report } from '../../../media/worker/protocol.ts';
import { Room } from '../../../media/worker/room.ts';
import { until } from '../../support/until.ts';
import { Peer } from '../engine/peer.ts';

/** 20 ms of PCMU that is not silence. */
export const sound = new Uint8Array(160).fill(0x22);
const types = { ...NO_TYPES, PCMU: 0 };

/** A leg of the room with its peer; both have agreed on PCMU. */
export interface Side {
  readonly peer: Peer;
  readonly remote: RemoteMedia;
  readonly refused: () => number;
  readonly received: () => number;
}

export interface Scene extends Side {
  readonly room: Room;
  readonly reports: Report[];
  /** Runs the tick for so long; catching up when nothing was read meanwhile. */
  readonly pass: (durationMs: number, catchingUp?: boolean) => void;
  readonly told: <T extends Report['type']>(type: T) => Extract<Report, { type: T }>[];
  /** One more leg beside `a`. */
  readonly open: (legId: string) => Promise<Side>;
}

/** A room with the leg `a`. */
export async function scene(t: TestContext): Promise<Scene> {
  const reports: Report[] = [];
  const { transport } = await openTransport('auto', FdLedger.memory());
  const polls = setInterval(() => transport.poll(), 1);
  let nowMs = 1_000_000;
  const room = new Room(
    { host: '127.0.0.1', cpd: {} as never },
    {
      random: Math.random,
      nowMs: () => nowMs,
      wallMs: () => 1_800_000_000_000 + nowMs,
      tell: (report) => reports.push(report),
      transport,
    },
  );
  t.after(async () => {
    clearInterval(polls);
    await room.stop();
    transport.close();
  });
  const told: Scene['told'] = (type) => reports.filter((report) => report.type === type) as never[];
  const open = async (legId: string): Promise<Side> => {
    const peer = await Peer.open();
    t.after(() => peer.close());
    await openLeg(room, legId, peer, told);
    const remote = remoteOf(peer);
    room.handle({ type: 'set-remote', legId, remote });
    const stats = () => {
      room.handle({ type: 'ask-leg-stats', askId: 0, legId });
      return told('leg-stats').at(-1)?.stats;
    };
    return {
      peer,
      remote,
      refused: () => stats()?.packetsRefused ?? 0,
      received: () => stats()?.packetsReceived ?? 0,
    };
  };
  return {
    ...(await open('a')),
    room,
    reports,
    told,
    open,
    pass: (durationMs, catchingUp = false) => {
      for (let passed = 0; passed < durationMs; passed += 20) {
        nowMs += 20;
        for (let phase = 0; phase < PHASES; phase++) room.step(phase, nowMs, 0, catchingUp);
      }
    },
  };
}

/** Opens a leg on whatever port is free. */
async function openLeg(room: Room, legId: string, peer: Peer, told: Scene['told']): Promise<void> {
  const opened = () => told('leg-opened').filter((report) => report.legId === legId).length;
  const answers = () => opened() + told('leg-refused').length;
  for (let tries = 0; opened() === 0 && tries < 20; tries++) {
    peer.legPort = 20_000 + 2 * Math.floor(Math.random() * 20_000);
    const before = answers();
    room.handle({ type: 'open-leg', legId, rtpPort: peer.legPort });
    await until('an answer', () => answers() > before);
  }
}

function remoteOf(peer: Peer): RemoteMedia {
  return {
    host: '127.0.0.1',
    rtpPort: peer.port,
    rtcpPort: peer.rtcp.address().port,
    codec: 'PCMU',
    sendTypes: types,
    receiveTypes: types,
    peerListens: true,
    peerSends: true,
    ptimeMs: 20,
    rtcpMux: false,
    srtp: null,
  };
}
