// The gateway without a worker: WebRTC is off, and said to be; everything else goes on.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { liveClock, silentLog } from '../../../core/live.ts';
import { OFFERED_TYPES } from '../../../media/sdp/model.ts';
import type { WebRtcOptions } from '../../../media/types.ts';
import { WebRtcGateway } from '../../../media/webrtc/gateway.ts';
import { openBrowserSide } from '../../../media/webrtc/side.ts';
import { cachedWorkerFile, findWorkerFile } from '../../../media/webrtc/worker-file.ts';
import { CHROMIUM_OFFER } from './descriptions.ts';

function makeGateway(workerFile: string | null): { gateway: WebRtcGateway; said: string[] } {
  const said: string[] = [];
  const log = { ...silentLog, warn: (event: string) => void said.push(event) };
  const options: WebRtcOptions = {
    workerFile,
    workers: 1,
    host: '127.0.0.1',
    announcedHost: null,
    portMin: 40_000,
    portMax: 40_099,
    maxLegs: 1,
    consentSeconds: 30,
  };
  return { gateway: new WebRtcGateway(options, '127.0.0.1', { clock: liveClock, log }), said };
}

for (const workerFile of [null, '/nowhere/mediasoup-worker', '/bin/false']) {
  test(`WebRTC is off with ${workerFile ?? 'no program'}`, async (t) => {
    const { gateway, said } = makeGateway(workerFile);
    t.after(() => gateway.stop());
    await gateway.start();
    assert.deepEqual(said, ['webrtc-off']);
    assert.equal(gateway.available, false);
    await assert.rejects(gateway.openLink(OFFERED_TYPES), { code: 'MEDIA_WEBRTC_OFF' });
    assert.equal(await openBrowserSide(gateway, null), null, 'a plain leg is opened then');
    const offered = openBrowserSide(gateway, CHROMIUM_OFFER);
    await assert.rejects(offered, { code: 'MEDIA_WEBRTC_OFF' });
  });
}

test('a peer that is no browser needs no gateway', async () => {
  const { gateway } = makeGateway(null);
  const plain = 'v=0\r\nm=audio 4000 RTP/AVP 0\r\n';
  assert.equal(await openBrowserSide(gateway, plain), null);
  assert.equal(await openBrowserSide(null, CHROMIUM_OFFER), null);
});

test('the worker is the one that is named, or else the one in the cache', (t) => {
  assert.equal(findWorkerFile({ MEDIASOUP_WORKER_BIN: '/opt/worker' }), '/opt/worker');
  const folder = mkdtempSync(join(tmpdir(), 'ringback-cache-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const cached = cachedWorkerFile({ XDG_CACHE_HOME: folder }, '1.2.3');
  assert.equal(cached, join(folder, 'ringback', 'mediasoup-worker-1.2.3'));
  writeFileSync(join(folder, 'other'), '');
  const found = findWorkerFile({ XDG_CACHE_HOME: folder });
  assert.ok(found === null || found.includes('node_modules'), 'nothing else is taken for it');
});
