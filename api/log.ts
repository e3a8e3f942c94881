// The log port over pino: JSON lines, telephone numbers masked and secrets left out by the logger
// itself, so that no caller has to remember it.
import { pino, type DestinationStream, type Logger } from 'pino';
import type { Log, LogFields } from '../core/ports.ts';
import { maskedFields } from './mask.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * @param destination where lines go; standard output unless said otherwise, written at once, so
 *   that the last words before a crash are there
 */
export function createLog(level: LogLevel, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: 'event',
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return adapted(pino(options, destination ?? pino.destination({ fd: 1, sync: true })));
}

function adapted(logger: Logger): Log {
  return {
    debug: (event, fields) => write(logger, 'debug', event, fields),
    info: (event, fields) => write(logger, 'info', event, fields),
    warn: (event, fields) => write(logger, 'warn', event, fields),
    error: (event, fields) => write(logger, 'error', event, fields),
    child: (fields) => adapted(logger.child(maskedFields(fields))),
  };
}

/** Masking costs a walk over the fields: only for lines that will be written. */
function write(
  logger: Logger,
  level: 'debug' | 'info' | 'warn' | 'error',
  event: string,
  fields: LogFields | undefined,
): void {
  if (!logger.isLevelEnabled(level)) return;
  if (fields === undefined) logger[level](event);
  else logger[level](maskedFields(fields), event);
}
