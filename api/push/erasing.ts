// A person's devices, and what was to be pushed to them, taken away.
import type { DatabaseSync } from 'node:sqlite';
import { eraseRows } from '../erasing.ts';

export function erasePushes(db: DatabaseSync, isAbout: (text: string) => boolean): void {
  eraseRows(db, isAbout, [
    'DELETE FROM devices WHERE is_about(device)',
    'DELETE FROM pushes WHERE is_about(device) OR is_about(text)',
  ]);
}
