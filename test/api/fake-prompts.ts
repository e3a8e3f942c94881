// A site without prompts of its own, for tests of other routes.
import assert from 'node:assert/strict';
import type { Prompts } from '../../api/prompts.ts';

export const noPrompts: Prompts = {
  list: async () => [],
  get: async () => null,
  audio: async () => assert.fail('no prompt is expected'),
  put: async () => assert.fail('no prompt is expected'),
  remove: async () => assert.fail('no prompt is expected'),
  languages: () => ['de', 'en'],
  knows: (name) => name === 'beep',
  sources: (name) => [{ kind: 'file', path: `${name}.wav` }],
};
