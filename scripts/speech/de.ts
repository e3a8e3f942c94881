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
    'confirm-call':
      'Guten Tag. Dies ist Ihr gewünschter Rückruf. Um jetzt zu sprechen, drücken Sie die 1. ' +
      'Für einen Anruf etwas später die 2. Für eine andere Zeit die 3. ' +
      'Wenn Sie nicht um diesen Anruf gebeten haben, die 7. Um ihn abzusagen, die 9.',
    'ask-hours': 'In wie vielen Stunden dürfen wir anrufen? Drücken Sie eine Taste von 1 bis 9.',
    snoozed:
      'Gut. Wir rufen Sie in einigen Minuten wieder an. Ihr Platz bleibt Ihnen. Auf Wiederhören.',
    rescheduled: 'Gut. Wir rufen Sie dann an. Auf Wiederhören.',
    'wrong-person': 'Bitte entschuldigen Sie die Störung. Auf Wiederhören.',
    'callback-cancelled': 'Ihr Rückruf ist abgesagt. Auf Wiederhören.',
    'later-offer':
      'Es tut uns leid. Im Moment ist niemand frei. Wenn wir Sie in einigen Minuten wieder ' +
      'anrufen sollen, am selben Platz in der Reihe, drücken Sie die 1.',
    'return-code':
      'Um uns anzurufen und Ihren Platz zu behalten, drücken Sie Stern und dann diese Ziffern.',
    'callback-waiting':
      'Auf Sie wartet ein Rückruf. Um seinen Platz zu behalten und jetzt zu warten, drücken Sie ' +
      'die 1. Um ihn abzusagen, drücken Sie die 2.',
    'callback-withdrawn': 'Ihr Rückruf ist abgesagt.',
    'callback-offer':
      'Wir können Sie zurückrufen, und Sie behalten Ihren Platz. Für einen Rückruf drücken Sie ' +
      'die 1. Um weiter zu warten, drücken Sie die 2.',
    'offer-number': 'Wir rufen diese Nummer an.',
    'offer-number-right':
      'Wenn das richtig ist, drücken Sie die 1. Für eine andere Nummer drücken Sie die 2.',
    'enter-number': 'Bitte geben Sie Ihre Telefonnummer ein, und drücken Sie dann Raute.',
    'number-wrong':
      'Diese Nummer können wir nicht anrufen. Bitte geben Sie Ihre Telefonnummer ein, und ' +
      'drücken Sie dann Raute.',
    'callback-promised': 'Gut. Wir rufen Sie zurück. Sie behalten Ihren Platz. Auf Wiederhören.',
    'callback-refused': 'Leider können wir Sie jetzt nicht zurückrufen. Bitte warten Sie.',
    'place-taken': 'Sie haben Ihren Platz wieder. Bitte warten Sie.',
    'access-welcome': 'Vielen Dank. Sie haben Ihren Platz behalten. Bitte warten Sie.',
    'access-code': 'Bitte geben Sie Ihren Zugangscode ein, und drücken Sie dann Raute.',
    'access-code-wrong':
      'Diesen Code gibt es nicht. Bitte geben Sie Ihren Zugangscode ein, und drücken Sie dann ' +
      'Raute.',
    'access-taken': 'Mit diesem Code ist schon jemand am Telefon. Auf Wiederhören.',
    'access-unknown': 'Von dieser Nummer erwarten wir jetzt keinen Anruf. Auf Wiederhören.',
    'survey-satisfaction':
      'Wie zufrieden sind Sie mit diesem Gespräch? ' +
      'Drücken Sie eine Taste von 1, gar nicht, bis 5, sehr.',
    'survey-thanks': 'Vielen Dank. Auf Wiederhören.',
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
