// Asks a verifier of CAPTCHAs (the siteverify protocol) whether a human answered. What it does not
// say clearly and in time is a no.
import { z } from 'zod';
import type { Config } from '../config.ts';
import { ApiError } from '../problem.ts';

export type PublicSettings = NonNullable<Config['http']['publicCallbacks']>;

const MAX_ANSWER = 65_536;

const answerSchema = z.object({
  success: z.boolean(),
  hostname: z.string().optional(),
  score: z.number().optional(),
});

/**
 * Returns if a human did it.
 * @param response what the widget on the page gave out
 * @throws ApiError CAPTCHA_REFUSED, CAPTCHA_UNAVAILABLE
 */
export async function verify(
  settings: PublicSettings,
  secret: string,
  { response, address }: { readonly response: string; readonly address: string | null },
): Promise<void> {
  const form = new URLSearchParams({ secret, response });
  if (address !== null) form.set('remoteip', address);
  const told = await asked(settings, form).catch((cause: unknown) => {
    throw new ApiError('CAPTCHA_UNAVAILABLE', 'the verifier gave no answer that is understood', {
      cause,
    });
  });
  const { minScore, hostnames } = settings;
  if (!told.success) throw refused('it was not solved, or is used up');
  if (hostnames.length > 0 && !hostnames.includes(told.hostname ?? '')) {
    throw refused('it was solved on another site');
  }
  if (minScore !== null && !((told.score ?? -1) >= minScore)) throw refused('its score is too low');
}

async function asked({ verifyUrl, timeoutSeconds }: PublicSettings, body: URLSearchParams) {
  const signal = AbortSignal.timeout(timeoutSeconds * 1_000);
  const answer = await fetch(verifyUrl, { method: 'POST', body, signal, redirect: 'error' });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (answer.body === null) throw new Error('its answer is empty');
  for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > MAX_ANSWER) throw new Error('its answer is too long');
    chunks.push(chunk);
  }
  return answerSchema.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
}

function refused(why: string): ApiError {
  return new ApiError('CAPTCHA_REFUSED', `the CAPTCHA is refused: ${why}`);
}
