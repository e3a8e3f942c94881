// The signature check that docs/events.md shows, run by a shell over what we sign.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { newSecret, signatureOf } from '../../../api/events/signature.ts';
import { requireTool } from '../../support/tools.ts';

test('the shell lines of the documentation tell genuine from forged', (t) => {
  if (!requireTool(t, 'openssl')) return;
  const page = readFileSync('docs/events.md', 'utf8');
  const script = /```sh\n(t=.*?)```/s.exec(page)?.[1] ?? '';
  assert.match(script, /openssl/);
  const cwd = mkdtempSync(join(tmpdir(), 'ringback-signature-'));
  t.after(() => rmSync(cwd, { recursive: true }));
  const body = '{"text":"Grüße, \\n%s"}';
  const [old, fresh] = [newSecret(), newSecret()];
  const SIGNATURE = signatureOf([fresh, old], 1_767_604_500, body);
  const verdict = (text: string, secret: string): string => {
    writeFileSync(join(cwd, 'body.json'), text);
    const env = { ...process.env, SIGNATURE, SECRET: secret };
    return spawnSync('sh', ['-c', script], { cwd, env, encoding: 'utf8' }).stdout.trim();
  };
  assert.equal(verdict(body, fresh), 'genuine');
  assert.equal(verdict(body, old), 'genuine');
  assert.equal(verdict(`${body} `, fresh), 'forged');
  assert.equal(verdict(body, newSecret()), 'forged');
});
