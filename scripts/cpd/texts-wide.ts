// What is said in the wide cases, in English, which every engine speaks: long openings of persons,
// curt greetings of machines, menus of call centres. The parts share no text.
import type { Part } from './voices.ts';

export interface WideTexts {
  readonly hellos: readonly string[];
  readonly names: readonly string[];
  /** Persons who talk for long before they wait. */
  readonly openings: readonly string[];
  /** Machines that say no more than a person might. */
  readonly curt: readonly string[];
  /** Whole greetings and menus; the engine makes the pauses. */
  readonly recorded: readonly string[];
}

export const WIDE: Readonly<Record<Part, WideTexts>> = {
  train: {
    hellos: ['Hello?', 'Yes?', 'Yeah, hello?', 'Hi?', 'Hello, yes?', 'Good morning?', 'Yep.'],
    names: ['This is Mark.', 'Jones.', 'Peter Hall here.', 'Linda speaking.', 'Mary Stone, hello?'],
    openings: [
      'Good morning, Miller and Sons, Kate speaking, how may I help you?',
      'Green Garden Centre, this is Paul, what can I do for you?',
      'Hi, thanks for calling the bike shop, Sam speaking.',
      'Doctor Hill, surgery, one moment please.',
    ],
    curt: [
      "Hi, it's Bob.",
      'This is Bob, leave a message.',
      'Not here, call later.',
      "You've got Mark's voicemail.",
      'Sorry, we are out. Please leave a message.',
    ],
    recorded: [
      "Hi, you've reached Mark Jones. I can't take your call right now. Please leave your name " +
        'and number after the tone, and I will get back to you.',
      'Hello. You have reached the Stone family. Nobody is home. Please leave a message.',
      'Welcome to Green Garden Centre. For opening hours, press one. For orders, press two. ' +
        'To speak to somebody, please hold.',
      'Thank you for calling Northern Bank. Your call is important to us. Calls may be recorded.',
      'Hey, this is Linda. I missed you. Text me, or leave a message after the beep.',
    ],
  },
  tune: {
    hellos: ['Hello, hello?', 'Hey.', 'Yes, please?', 'Hallo?', 'Hi, yes?', 'Good day.'],
    names: ['Karen here.', 'Bill Ford.', 'It is Steve.', 'Nancy Reed speaking.'],
    openings: [
      'Hill Street Motors, good afternoon, this is Bill, how can I help?',
      'Hello, this is the front desk, Nancy speaking, how are you today?',
      'Yes, hello, who is calling please?',
    ],
    curt: [
      "It's Nancy, speak up after the beep.",
      'Bill Ford, leave it here.',
      'No one is in.',
      'You missed me.',
    ],
    recorded: [
      "Hello, you're through to Karen Ford. I'm either on the other line or away from my desk. " +
        'Leave me a short message and I will ring you back.',
      'Welcome to City Energy. Please listen to the following options. If you are moving house, ' +
        'press one. If you want to pay a bill, press two.',
      'We are sorry. The person at this extension does not answer. ' +
        'Record your message at the tone.',
      'Hi. This is Steve. Leave your number. Thanks.',
    ],
  },
  'held-out': {
    hellos: ['Hello, this is me.', 'Yes, good evening.', "Hello, who's this?", 'Yo.', 'Aye?'],
    names: ['George Lane.', 'Emma speaking.', 'Mister Clark.', 'Hi, Rachel Wood here.'],
    openings: [
      'Lakeside Veterinary Clinic, this is Emma, is this about an appointment?',
      'Good evening, Hotel Bellevue, you are speaking with George, how may I assist you?',
      'Wood and Lane, solicitors, Rachel speaking, good afternoon.',
    ],
    curt: [
      "Hello, it's George.",
      'This is Emma, you know the drill.',
      'Wait for the beep.',
      "Can't talk, leave word.",
      'Rachel Wood is out of the office.',
    ],
    recorded: [
      'Hello and welcome to Lakeside Clinic. If this is an emergency, hang up and dial the ' +
        'emergency number. To make an appointment, press one. For repeats, press three.',
      "Hi, this is Rachel. I'm in a meeting or on the road. Leave your details after the signal, " +
        "and I'll return your call before the end of the day.",
      'The subscriber cannot answer now. To leave a voice message, wait for the tone. When you ' +
        'have finished, hang up or press hash for more options.',
      'Good day. Clark residence. We are in the garden. Try again, or tell the machine.',
      'All our agents are busy. Please stay on the line and your call will be answered in turn.',
    ],
  },
};
