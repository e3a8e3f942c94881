// What the page for customers says, in the languages it knows. PURE.

export interface Words {
  readonly title: string;
  readonly place: (position: number) => string;
  readonly wait: (minutes: number) => string;
  readonly promised: (from: string, to: string, zone: string) => string;
  readonly scheduled: (when: string) => string;
  readonly soon: string;
  readonly busy: string;
  readonly number: (masked: string) => string;
  readonly move: string;
  readonly newTime: string;
  readonly timeHint: (zone: string) => string;
  readonly moveButton: string;
  readonly changeNumber: string;
  readonly newNumber: string;
  readonly numberHint: string;
  readonly numberButton: string;
  readonly cancel: string;
  readonly cancelButton: string;
  readonly done: string;
  readonly cancelled: string;
  readonly over: string;
  readonly failed: string;
  readonly reasons: Readonly<Record<string, string>>;
  readonly back: string;
}

const EN: Words = {
  title: 'Your callback',
  place: (position) => `You are number ${position} in line.`,
  wait: (minutes) =>
    `We expect to call you in about ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
  promised: (from, to, zone) =>
    `Somebody will be free for you between ${from} and ${to} (${zone}).`,
  scheduled: (when) => `We will call you at ${when}.`,
  soon: 'We will call you as soon as it is your turn.',
  busy: 'We are calling you now.',
  number: (masked) => `We will call ${masked}.`,
  move: 'Another time',
  newTime: 'New date and time',
  timeHint: (zone) => `Time zone: ${zone}. Leave it empty to be called as soon as possible.`,
  moveButton: 'Move the callback',
  changeNumber: 'Another number',
  newNumber: 'New telephone number',
  numberHint: 'With country code, such as +1 202 555 0123.',
  numberButton: 'Change the number',
  cancel: 'No callback any more',
  cancelButton: 'Cancel the callback',
  done: 'Done. Your callback was changed.',
  cancelled: 'Your callback is cancelled.',
  over:
    'This link is over: the callback has taken place or was cancelled, ' +
    'or the time of the link has passed.',
  failed: 'That was not possible. Nothing was changed.',
  reasons: {
    PHONE_NUMBER_INVALID: 'This is not a telephone number that we can call.',
    PHONE_NUMBER_REFUSED: 'We do not call numbers of this kind.',
    CALLBACK_TIME_PAST: 'This time is past.',
    CALLBACK_TIME_TOO_FAR: 'This time is too far ahead.',
    CALLBACK_SLOT_FULL: 'Nobody is free at this time.',
    CALLBACK_CLOSED: 'We are closed at this time.',
    CALLBACK_QUIET_HOURS: 'We do not call at this time.',
    RATE_LIMITED: 'Too many changes. Wait a while and try again.',
  },
  back: 'Back to your callback',
};

const DE: Words = {
  title: 'Ihr Rückruf',
  place: (position) => `Sie sind Nummer ${position} in der Warteschlange.`,
  wait: (minutes) =>
    `Wir rufen Sie voraussichtlich in etwa ${minutes} ${minutes === 1 ? 'Minute' : 'Minuten'} an.`,
  promised: (from, to, zone) => `Zwischen ${from} und ${to} (${zone}) ist jemand für Sie frei.`,
  scheduled: (when) => `Wir rufen Sie an: ${when}.`,
  soon: 'Wir rufen Sie an, sobald Sie an der Reihe sind.',
  busy: 'Wir rufen Sie gerade an.',
  number: (masked) => `Wir rufen ${masked} an.`,
  move: 'Andere Zeit',
  newTime: 'Neuer Tag und neue Uhrzeit',
  timeHint: (zone) => `Zeitzone: ${zone}. Leer lassen, um so bald wie möglich angerufen zu werden.`,
  moveButton: 'Rückruf verschieben',
  changeNumber: 'Andere Nummer',
  newNumber: 'Neue Telefonnummer',
  numberHint: 'Mit Landesvorwahl, zum Beispiel +49 30 1234567.',
  numberButton: 'Nummer ändern',
  cancel: 'Kein Rückruf mehr',
  cancelButton: 'Rückruf absagen',
  done: 'Erledigt. Ihr Rückruf wurde geändert.',
  cancelled: 'Ihr Rückruf ist abgesagt.',
  over:
    'Dieser Link gilt nicht mehr: Der Rückruf hat stattgefunden oder wurde abgesagt, ' +
    'oder die Zeit des Links ist abgelaufen.',
  failed: 'Das war nicht möglich. Es wurde nichts geändert.',
  reasons: {
    PHONE_NUMBER_INVALID: 'Diese Telefonnummer können wir nicht anrufen.',
    PHONE_NUMBER_REFUSED: 'Nummern dieser Art rufen wir nicht an.',
    CALLBACK_TIME_PAST: 'Diese Zeit ist schon vorbei.',
    CALLBACK_TIME_TOO_FAR: 'Diese Zeit liegt zu weit in der Zukunft.',
    CALLBACK_SLOT_FULL: 'Zu dieser Zeit ist niemand frei.',
    CALLBACK_CLOSED: 'Zu dieser Zeit haben wir geschlossen.',
    CALLBACK_QUIET_HOURS: 'Zu dieser Zeit rufen wir nicht an.',
    RATE_LIMITED: 'Zu viele Änderungen. Bitte versuchen Sie es später noch einmal.',
  },
  back: 'Zurück zu Ihrem Rückruf',
};

export const LANGUAGES: Readonly<Record<'en' | 'de', Words>> = { en: EN, de: DE };

/** The first of `Accept-Language` that is known (RFC 9110 s.12.5.4); else English. */
export function languageOf(header: string | undefined): 'en' | 'de' {
  for (const part of (header ?? '').slice(0, 200).split(',')) {
    const tag = part.trim().slice(0, 2).toLowerCase();
    if (tag === 'en' || tag === 'de') return tag;
  }
  return 'en';
}
