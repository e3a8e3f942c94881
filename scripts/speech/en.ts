// The English announcer.
import { counted, range } from './texts.ts';
import type { LanguagePack } from './texts.ts';

const ORDINALS = [
  ...['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth'],
  ...['tenth', 'eleventh', 'twelfth', 'thirteenth', 'fourteenth', 'fifteenth', 'sixteenth'],
  ...['seventeenth', 'eighteenth', 'nineteenth', 'twentieth', 'twenty-first', 'twenty-second'],
  ...['twenty-third', 'twenty-fourth', 'twenty-fifth', 'twenty-sixth', 'twenty-seventh'],
  ...['twenty-eighth', 'twenty-ninth', 'thirtieth', 'thirty-first'],
];
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];

export const english: LanguagePack = {
  voice: { name: 'en-us+f3', wordsPerMinute: 150, pitch: 50 },
  prompts: {
    greeting: 'Hello. This is the call you asked for. One moment, please.',
    'please-hold': 'Please hold the line. An agent will be with you shortly.',
    'machine-message':
      'Hello. You asked us to call you back, but we could not reach you. ' +
      'We will try again later. Goodbye.',
    apology:
      'We are sorry. No agent is free at the moment. ' +
      'We will call you again as soon as we can. Goodbye.',
    connecting: 'Connecting you to a customer.',
    'queue-welcome': 'Thank you for calling. All our agents are busy. Please hold.',
    goodbye: 'Thank you for calling. Goodbye.',
    'recording-notice': 'This call is recorded.',
    'confirm-call':
      'Hello. This is the call you asked for. To talk to us now, press 1. ' +
      'To be called a little later, press 2. For another time, press 3. ' +
      'If you did not ask for this call, press 7. To cancel it, press 9.',
    'ask-hours': 'In how many hours may we call you? Press a key from 1 to 9.',
    snoozed: 'All right. We will call you again in a few minutes. Your place is kept. Goodbye.',
    rescheduled: 'All right. We will call you then. Goodbye.',
    'wrong-person': 'We are sorry to have disturbed you. Goodbye.',
    'callback-cancelled': 'Your callback is cancelled. Goodbye.',
    'later-offer':
      'We are sorry. No agent is free at the moment. ' +
      'To be called again in a few minutes, at the same place in line, press 1.',
    'return-code': 'To call us and keep your place in line, press star, and then this code.',
    'callback-waiting':
      'A callback is waiting for you. To keep its place and wait on the line, press 1. ' +
      'To cancel it, press 2.',
    'callback-withdrawn': 'Your callback is cancelled.',
    'callback-offer':
      'We can call you back, and you keep your place in line. To be called back, press 1. ' +
      'To go on waiting, press 2.',
    'offer-number': 'We will call this number.',
    'offer-number-right': 'If that is right, press 1. For another number, press 2.',
    'enter-number': 'Please enter your telephone number, and then press pound.',
    'number-wrong':
      'We cannot call that number. Please enter your telephone number, and then press pound.',
    'callback-promised': 'All right. We will call you back. You keep your place in line. Goodbye.',
    'callback-refused': 'We are sorry, we cannot call you back now. Please hold.',
    'place-taken': 'You have your place in line again. Please hold.',
    'access-welcome': 'Thank you. You have kept your place in line. Please hold.',
    'access-code': 'Please enter your access code, and then press pound.',
    'access-code-wrong':
      'This code is not known. Please enter your access code, and then press pound.',
    'access-taken': 'Somebody is already on the line with this code. Goodbye.',
    'access-unknown': 'We do not expect a call from this number now. Goodbye.',
    'survey-satisfaction':
      'How content are you with this call? ' + 'Press a key from 1, not at all, to 5, very much.',
    'survey-thanks': 'Thank you. Goodbye.',
  },
  clips: {
    ...counted('n', range(0, 19, String), 0),
    ...Object.fromEntries([20, 30, 40, 50, 60, 70, 80, 90].map((n) => [`n${n}`, String(n)])),
    ...counted(
      'h',
      range(1, 9, (n) => `${n} hundred`),
    ),
    ...counted(
      't',
      range(1, 9, (n) => `${n} thousand`),
    ),
    ...counted('place', ORDINALS.slice(0, 10)),
    ...counted('day', ORDINALS),
    ...counted('weekday', WEEKDAYS),
    ...counted('month', MONTHS),
    'you-are': 'You are',
    'in-line': 'in line.',
    'next-in-line': 'You are next in line.',
    'you-are-number': 'You are number',
    'your-wait-is': 'Your estimated wait is',
    'less-than-a-minute': 'less than one minute.',
    about: 'about',
    'one-minute': 'one minute.',
    minutes: 'minutes.',
    'one-hour': 'one hour',
    hours: 'hours',
    and: 'and',
    'more-than-a-day': 'more than a day.',
    between: 'between',
    oh: 'oh',
    am: 'A M',
    pm: 'P M',
    noon: 'noon',
    midnight: 'midnight',
    'your-code-is': 'Your code is',
    star: 'star',
    pound: 'pound',
  },
};
