// espeak-ng as a child process: text on standard input, a WAV on standard output. No shell, no text
// in the command line, bounds on time and size.
import { spawn } from 'node:child_process';
import { unavailable } from '../../core/errors.ts';

/** A minute of espeak-ng's 22.05 kHz in 16 bit is 2.6 MB. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Speaks a text. @returns a WAV file @throws RingbackError SPEECH_UNAVAILABLE, SPEECH_FAILED */
export function speakWithEspeak(
  program: string,
  voice: string,
  text: string,
  timeoutMs: number,
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const child = spawn(program, ['-v', voice, '--stdin', '--stdout'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.on('error', (cause) => {
    reject(unavailable('SPEECH_UNAVAILABLE', `${program} cannot be run`, { program }, cause));
  });
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) child.kill('SIGKILL');
    else chunks.push(chunk);
  });
  // A child that is gone before it has read everything shows in its exit.
  child.stdin.on('error', () => undefined);
  child.on('close', (status, signal) => {
    if (status === 0 && bytes > 0 && bytes <= MOST_BYTES) resolve(Buffer.concat(chunks));
    else reject(failed(voice, status === null ? String(signal) : `exit ${status}`));
  });
  child.stdin.end(text);
  return promise;
}

function failed(voice: string, why: string): Error {
  return unavailable('SPEECH_FAILED', `the text could not be spoken: ${why}`, { voice, why });
}
