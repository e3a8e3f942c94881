// Digits in SIP INFO bodies, as phones without telephone events send them. PURE.
//   application/dtmf-relay   Signal=5 CRLF Duration=160     (milliseconds)
//   application/dtmf         5

export interface InfoDigit {
  /** `0`-`9`, `*`, `#`, `A`-`D`. */
  readonly digit: string;
  readonly durationMs: number;
}

const DEFAULT_MS = 100;
const MAX_MS = 10_000;
const MAX_BODY_CHARS = 200;

/** `10` and `11` are how some phones write star and pound (event numbers, RFC 4733 s.3.2). */
const SPELLED: Readonly<Record<string, string>> = { '10': '*', '11': '#' };

/** The digit of an INFO request; null for any other body. Never throws. */
export function digitOfInfo(contentType: string, body: string): InfoDigit | null {
  const type = contentType.split(';')[0]?.trim().toLowerCase();
  if (body.length > MAX_BODY_CHARS) return null;
  if (type === 'application/dtmf') return infoDigit(body, undefined);
  if (type !== 'application/dtmf-relay') return null;
  const signal = /^[ \t]*signal[ \t]*=[ \t]*([^\s]{1,2})[ \t]*$/im.exec(body)?.[1];
  const duration = /^[ \t]*duration[ \t]*=[ \t]*(\d{1,6})[ \t]*$/im.exec(body)?.[1];
  return infoDigit(signal ?? '', duration);
}

function infoDigit(text: string, duration: string | undefined): InfoDigit | null {
  const trimmed = text.trim().toUpperCase();
  const digit = SPELLED[trimmed] ?? trimmed;
  if (!/^[0-9*#A-D]$/.test(digit)) return null;
  const durationMs = duration === undefined ? DEFAULT_MS : Math.min(MAX_MS, Number(duration));
  return { digit, durationMs };
}
