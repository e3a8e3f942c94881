// The German announcer.
import { counted, range } from './texts.ts';
import type { LanguagePack } from './texts.ts';

/** Stems: `dritte` Tag, an `dritter` Stelle. */
const ORDINALS = [
  ...['erste', 'zweite', 'dritte', 'vierte', 'fünfte', 'sechste', 'siebte', 'achte', 'neunte'],
  ...['zehnte', 'elfte', 'zwölfte', 'dreizehnte', 'vierzehnte', 'fünfzehnte', 'sechzehnte'],
  ...['siebzehnte', 'achtzehnte', 'neunzehnte', 'zwanzigste', 'einundzwanzigste'],
  ...['zweiundzwanzigste', 'dreiundzwanzigste', 'vierundzwanzigste', 'fünfundzwanzigste'],
  ...['sechsundzwanzigste', 'siebenundzwanzigste', 'achtundzwanzigste', 'neunundzwanzigste'],
  ...['dreißigste', 'einunddreißigste'],
];
const DIGITS = ['ein', 'zwei', 'drei', 'vier', 'fünf', 'sechs', 'sieben', 'acht', 'neun'];
const WEEKDAYS = [
  ...['Montag', 'Dienstag', 'Mittwoch', 'Donnerstag', 'Freitag', 'Samstag', 'Sonntag'],
];
const MONTHS = [
  ...['Januar', 'Februar', 'März', 'April', 'Mai', 'Juni'],
  ...['Juli', 'August', 'September', 'Oktober', 'November', 'Dezember'],
];

export const german: LanguagePack = {
  voice: { name: 'de+f3', wordsPerMinute: 150, pitch: 50 },
  prompts: {
    greeting: 'Guten Tag. Dies ist Ihr gewünschter Rückruf. Einen Moment bitte.',
    'please-hold': 'Bitte bleiben Sie am Apparat. Gleich ist jemand für Sie da.',
    'machine-message':
      'Guten Tag. Sie haben um Rückruf gebeten, aber wir haben Sie nicht erreicht. ' +
      'Wir versuchen es später noch einmal. Auf Wiederhören.',
    apology:
      'Es tut uns leid. Im Moment ist niemand frei. ' +
      'Wir rufen Sie wieder an, sobald wir können. Auf Wiederhören.',
    connecting: 'Sie werden mit einem Kunden verbunden.',
    'queue-welcome':
      'Vielen Dank für Ihren Anruf. Alle unsere Plätze sind belegt. Bitte warten Sie.',
    goodbye: 'Vielen Dank für Ihren Anruf. Auf Wiederhören.',
    'recording-notice': 'Dieses Gespräch wird aufgezeichnet.',
  },
  clips: {
    ...counted('n', range(0, 99, String), 0),
    ...counted(
      'h',
      DIGITS.map((digit) => `${digit}hundert`),
    ),
    ...counted(
      't',
      DIGITS.map((digit) => `${digit}tausend`),
    ),
    ...counted(
      'place',
      ORDINALS.slice(0, 10).map((ordinal) => `${ordinal}r`),
    ),
    ...counted(
      'day',
      ORDINALS.map((ordinal) => `der ${ordinal}`),
    ),
    ...counted('weekday', WEEKDAYS),
    ...counted('month', MONTHS),
    'you-are': 'Sie sind an',
    'in-line': 'Stelle.',
    'next-in-line': 'Sie sind als Nächstes an der Reihe.',
    'you-are-number': 'Sie haben den Warteplatz',
    'your-wait-is': 'Ihre Wartezeit beträgt voraussichtlich',
    'less-than-a-minute': 'weniger als eine Minute.',
    about: 'etwa',
    'one-minute': 'eine Minute.',
    minutes: 'Minuten.',
    'one-hour': 'eine Stunde',
    hours: 'Stunden',
    and: 'und',
    'more-than-a-day': 'mehr als einen Tag.',
    between: 'zwischen',
    oclock: 'Uhr',
    'one-oclock': 'ein Uhr',
    'your-code-is': 'Ihr Code lautet',
    star: 'Stern',
    pound: 'Raute',
  },
};
