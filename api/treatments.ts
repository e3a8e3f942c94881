// What the waiting party hears, by name: a site's own WAV file in the prompts folder, or the prompt
// of that name in the pack.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RingbackError } from '../core/errors.ts';
import type { CallbackSettings } from '../callback/index.ts';
import { PROMPT_NAMES, promptPath } from '../media/index.ts';

/** Treatments whose pack prompt has another name. */
const PACK_NAME: ReadonlyMap<string, string> = new Map([['waiting', 'waiting-music']]);

/** Treatments the rules ask for by themselves. */
const BUILT_IN = ['connecting', 'queue-welcome'] as const;

export type TreatmentFiles = (treatment: string) => readonly string[];

/** @param promptsDir folder of the site's own prompts; may be missing */
export function createTreatments(promptsDir: string): TreatmentFiles {
  return (treatment) => {
    const own = join(promptsDir, `${treatment}.wav`);
    if (existsSync(own)) return [own];
    const wanted = PACK_NAME.get(treatment) ?? treatment;
    const name = PROMPT_NAMES.find((known) => known === wanted);
    if (name === undefined) throw unknownTreatment(treatment, own);
    return [promptPath('en', name)];
  };
}

/**
 * Makes sure at the start that everything the queues may play is there.
 * @throws RingbackError TREATMENT_UNKNOWN
 */
export function checkTreatments(
  files: TreatmentFiles,
  settings: readonly CallbackSettings[],
): void {
  for (const treatment of BUILT_IN) files(treatment);
  for (const { greeting, waiting, apology, machineMessage } of settings) {
    for (const treatment of [greeting, waiting, apology]) files(treatment);
    if (machineMessage !== null) files(machineMessage);
  }
}

function unknownTreatment(treatment: string, own: string): RingbackError {
  return new RingbackError(
    'TREATMENT_UNKNOWN',
    `there is no prompt "${treatment}": put a WAV file at ${own}, or use one of ` +
      `${[...PROMPT_NAMES, ...PACK_NAME.keys()].join(', ')}`,
    { retryable: false, httpStatus: 500 },
    { treatment },
  );
}
