// Text that is kept does not keep what it was cut from.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FrameDecoder } from '../../../sip/control/frames.ts';
import { uasDialog } from '../../../sip/dialog/dialog.ts';
import { detached } from '../../../sip/message/own.ts';
import { parseMessage } from '../../../sip/message/parse.ts';
import { invite } from './messages.ts';

const COUNT = 50;
const BIG_BYTES = 100_000;
/** Far less than that, with room for what else the heap does meanwhile. */
const LITTLE_BYTES = 25_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Heap taken by what is kept of that many big texts, in bytes for each. */
function keptBytes(keep: (big: string, i: number) => unknown): number {
  const kept: unknown[] = [];
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < COUNT; i++) {
    const big = Buffer.alloc(BIG_BYTES, 'x').toString('latin1');
    kept.push(keep(big, i));
  }
  collect();
  assert.equal(kept.length, COUNT);
  return (process.memoryUsage().heapUsed - before) / COUNT;
}

test('a part keeps the whole alive, a detached part does not', () => {
  assert.equal(detached('abc'), 'abc');
  assert.equal(detached(''), '');
  assert.ok(keptBytes((big) => big.slice(100, 200)) > BIG_BYTES / 2);
  assert.ok(keptBytes((big) => detached(big.slice(100, 200))) < LITTLE_BYTES);
});

test('a dialog keeps nothing of the INVITE but its own values', () => {
  const bytes = keptBytes((big, i) => {
    const text = invite({ 'Call-ID': `call-${i}-${i}-${i}-${i}@192.0.2.1` }, big);
    const request = parseMessage(Buffer.from(text).toString('latin1'), { stream: false });
    return uasDialog(request!.message, 'our-tag-which-is-long', '<sip:us@192.0.2.9:5060>');
  });
  assert.ok(bytes < LITTLE_BYTES, `${bytes} bytes for each dialog`);
});

test('a frame of the control protocol keeps nothing of its chunk', () => {
  const bytes = keptBytes((big) => {
    const [, item] = new FrameDecoder().push(
      Buffer.from(`${big.length}#${big}20#twenty bytes of text`, 'latin1').toString('latin1'),
    );
    return item;
  });
  assert.ok(bytes < LITTLE_BYTES, `${bytes} bytes for each frame`);
});
