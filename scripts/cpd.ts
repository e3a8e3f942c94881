// Call progress detection on files: `node scripts/cpd.ts FILE.wav... [--before] [--json] [--svg]`.
// Prints verdicts with their evidence; --json one object per file; --svg writes FILE.svg beside it.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readWav, resampleMono, toMono } from '../media/codec/wav.ts';
import { createCpd, DEFAULT_CPD_OPTIONS } from '../media/dsp/cpd.ts';
import type { CpdPhase, CpdVerdict } from '../media/types.ts';
import { drawSound } from './cpd-picture.ts';

const SAMPLE_RATE_HZ = 8000;
const FRAME_SAMPLES = 160;

function load(path: string): Int16Array {
  const { samples, channels, sampleRateHz } = readWav(readFileSync(path));
  return resampleMono(toMono(samples, channels), sampleRateHz, SAMPLE_RATE_HZ);
}

function detect(samples: Int16Array, phase: CpdPhase): readonly CpdVerdict[] {
  const cpd = createCpd(phase, DEFAULT_CPD_OPTIONS);
  const verdicts: CpdVerdict[] = [];
  for (let at = 0; at + FRAME_SAMPLES <= samples.length; at += FRAME_SAMPLES) {
    const verdict = cpd.push(samples.subarray(at, at + FRAME_SAMPLES));
    if (verdict !== null) verdicts.push(verdict);
  }
  return verdicts;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function print(path: string, verdicts: readonly CpdVerdict[]): void {
  console.log(path);
  if (verdicts.length === 0) console.log('  no verdict');
  for (const { kind, confidence, atMs, evidence } of verdicts) {
    console.log(`  ${seconds(atMs)}  ${kind}  ${(100 * confidence).toFixed(0)} %`);
    for (const { what, fromMs, toMs, measures } of evidence) {
      const values = Object.entries(measures).map(([name, value]) => `${name} ${value.toFixed(1)}`);
      console.log(`      ${seconds(fromMs)} to ${seconds(toMs)}  ${what}  ${values.join(', ')}`);
    }
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    before: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    svg: { type: 'boolean', default: false },
  },
});

if (positionals.length === 0) {
  console.error('usage: node scripts/cpd.ts FILE.wav... [--before] [--json] [--svg]');
  process.exitCode = 2;
}
for (const path of positionals) {
  const samples = load(path);
  const verdicts = detect(samples, values.before ? 'before-answer' : 'after-answer');
  if (values.json) console.log(JSON.stringify({ path, verdicts }));
  else print(path, verdicts);
  if (values.svg) writeFileSync(path.replace(/\.wav$/i, '') + '.svg', drawSound(samples, verdicts));
}
