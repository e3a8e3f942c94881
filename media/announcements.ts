// Carrier announcements that detection shall know: WAV files of one folder, read once at the start
// and kept as fingerprints (dsp/fingerprint.ts). A file's name names the announcement.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Log } from '../core/ports.ts';
import { readWav, resampleMono, toMono } from './codec/wav.ts';
import { fingerprintOf, MOST_ANNOUNCEMENTS } from './dsp/fingerprint.ts';
import type { CpdAnnouncement, CpdOptions } from './types.ts';

const SAMPLE_RATE_HZ = 8000;
/** A minute in stereo at 48 kHz; more is no announcement. */
const LARGEST_BYTES = 12_000_000;

function learn(path: string): CpdAnnouncement {
  const wav = readFileSync(path);
  if (wav.length > LARGEST_BYTES) throw new RangeError(`more than ${LARGEST_BYTES} bytes`);
  const { samples, channels, sampleRateHz } = readWav(wav);
  const mono = resampleMono(toMono(samples, channels), sampleRateHz, SAMPLE_RATE_HZ);
  return fingerprintOf(basename(path).replace(/\.wav$/iu, ''), mono);
}

/** Fingerprints of the folder's WAV files in the order of their names; bad ones are logged. */
export function readAnnouncements(dir: string, log: Log): readonly CpdAnnouncement[] {
  let names: readonly string[];
  try {
    names = readdirSync(dir).filter((name) => /\.wav$/iu.test(name));
  } catch (error) {
    log.error('announcements-unreadable', { dir, error });
    return [];
  }
  if (names.length > MOST_ANNOUNCEMENTS) {
    log.warn('announcements-too-many', { dir, found: names.length, used: MOST_ANNOUNCEMENTS });
  }
  return names
    .toSorted()
    .slice(0, MOST_ANNOUNCEMENTS)
    .flatMap((name) => {
      try {
        return [learn(join(dir, name))];
      } catch (error) {
        log.warn('announcement-unreadable', { name, error });
        return [];
      }
    });
}

/** The options with the fingerprints of the folder that they name. */
export function withAnnouncements(options: CpdOptions, log: Log): CpdOptions {
  const { announcementsDir = null } = options;
  if (announcementsDir === null) return options;
  return { ...options, announcements: readAnnouncements(announcementsDir, log) };
}
