// Detection through the ear: frames on our clock whatever the network did to the packets.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { CpdOptions, CpdVerdict } from '../../../media/index.ts';
import { createToneSource } from '../../../media/dsp/tone.ts';
import { Hearing } from '../../../media/graph/hearing.ts';

const options: CpdOptions = {
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
};

test('a busy tone through 60 ms of jitter is still a busy tone', () => {
  const cadenceMs = [500, 500, 500, 500, 500, 500, 500, 500];
  const busy = { frequenciesHz: [480, 620], levelDbov: -20, cadenceMs };
  const tone = createToneSource(busy, 8_000);
  const verdicts: CpdVerdict[] = [];
  const hearing = new Hearing({ verdict: (v) => verdicts.push(v), digit: () => 0 });
  hearing.detect('before-answer', options, 0);
  const arriving: { atMs: number; timestamp: number; samples: Int16Array }[] = [];
  for (let i = 0; i < 200; i++) {
    const samples = new Int16Array(160);
    tone.read(samples);
    arriving.push({ atMs: i * 20 + ((i * 37) % 60), timestamp: i * 160, samples });
  }
  for (let nowMs = 0; nowMs < 4_200; nowMs += 1) {
    for (const packet of arriving) {
      if (packet.atMs !== nowMs) continue;
      hearing.write(packet.samples, 160, packet.timestamp, nowMs * 8, false, 0);
    }
    if (nowMs % 20 === 0) hearing.tick(nowMs * 8);
  }
  assert.equal(verdicts[0]?.kind, 'busy');
});

test('time without packets is silence of that length', () => {
  const verdicts: CpdVerdict[] = [];
  const hearing = new Hearing({ verdict: (v) => verdicts.push(v), digit: () => 0 });
  hearing.detect('after-answer', options, 0);
  for (let nowMs = 0; nowMs < 3_000; nowMs += 20) {
    hearing.tick(nowMs * 8);
  }
  assert.equal(verdicts[0]?.kind, 'silence');
  assert.ok(Math.abs((verdicts[0]?.atMs ?? 0) - options.maxInitialSilenceMs) < 200);
});
