// Secrets that this installation makes for itself: one file each, readable by its owner only.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ApiError } from './problem.ts';

export interface KeptSecret {
  readonly secret: string;
  /** True at the start that made it. */
  readonly isNew: boolean;
}

/**
 * The secret of a file, made now when there is none.
 * @param prefix by which people and scanners recognise what it is
 * @param randomBytesLength 32 for keys, less for what is typed into telephones
 * @throws ApiError DATA_DIR_UNUSABLE, DATA_FILE_BROKEN (fewer than 16 characters)
 */
export function keptSecret(path: string, prefix: string, randomBytesLength: number): KeptSecret {
  const stored = storedSecret(path);
  if (stored !== null) return { secret: stored, isNew: false };
  const secret = prefix + randomBytes(randomBytesLength).toString('base64url');
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw unusable(path, cause);
  }
  return { secret, isNew: true };
}

function storedSecret(path: string): string | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw unusable(path, cause);
  }
  if (text.length >= 16) return text;
  throw new ApiError('DATA_FILE_BROKEN', `${path} holds no secret of 16 characters or more`, {
    fields: { path },
  });
}

function unusable(path: string, cause: unknown): ApiError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ApiError('DATA_DIR_UNUSABLE', `the data folder cannot be used: ${reason}`, {
    fields: { path },
    cause,
  });
}
