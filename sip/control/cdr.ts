// Call records for applications that route `cdr:attempt`, `cdr:start` or `cdr:stop`: each with the
// message that made it, to one connection in turn. Only INVITE dialogs are calls.
import { timeStamp, type Core } from './core.ts';
import type { LiveDialog } from './live-dialog.ts';

/** Whether the message came from the network or went out for an application. */
export type CdrSource = 'network' | 'application';

/** What we are in the call that was answered. */
export type CdrRole = 'uac' | 'uas' | 'proxy-uas';

/** A message as it goes on the wire, or one that is written only when somebody wants it. */
type CdrMessage = string | { readonly text: () => string };

export type CdrStop =
  | 'call-rejected'
  | 'call-canceled'
  | 'normal-release'
  | 'session-expired'
  | 'system-initiated-termination'
  | 'system-error-initiated-termination';

/** A call was tried: `message` is its INVITE. */
export function cdrAttempt(core: Core, source: CdrSource, message: CdrMessage): void {
  tell(core, 'attempt', source, '', message);
}

/** It was answered: `message` is the 2xx. */
export function cdrStart(core: Core, source: CdrSource, role: CdrRole, message: CdrMessage): void {
  tell(core, 'start', source, `|${role}`, message);
}

/** It is over, answered or not: `message` is the BYE or the final response. */
export function cdrStop(core: Core, source: CdrSource, reason: CdrStop, message: CdrMessage): void {
  tell(core, 'stop', source, `|${reason}`, message);
}

/** The same for a dialog, once: a BYE may be sent again with credentials. */
export function cdrStopOf(
  dialog: LiveDialog,
  source: CdrSource,
  reason: CdrStop,
  message: CdrMessage,
): void {
  if (dialog.kind !== 'INVITE' || dialog.isStopTold) return;
  dialog.isStopTold = true;
  cdrStop(dialog.core, source, reason, message);
}

/** Why a call that was never answered ended. */
export function failureStop(status: number): CdrStop {
  return status === 487 ? 'call-canceled' : 'call-rejected';
}

function tell(
  core: Core,
  what: string,
  source: CdrSource,
  tail: string,
  message: CdrMessage,
): void {
  const application = core.applications.pick(`cdr:${what}`);
  if (application === null) return;
  const text = typeof message === 'string' ? message : message.text();
  application.send(`cdr:${what}|${source}|${timeStamp(core)}${tail}\r\n${text}`);
}
