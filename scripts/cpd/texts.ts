// What persons and machines say when they answer, by language, in two parts that share no text.
// A machine's greeting is a list of sentences: the pauses between them are drawn for each case.
import { between, type Language, type Part, pick } from './voices.ts';

/** What is said in one language. */
interface Texts {
  readonly hellos: readonly string[];
  readonly names: readonly string[];
  readonly companies: readonly string[];
  /** Complete greetings, sentences parted by bars. */
  readonly greetings: readonly string[];
  /** Greetings of less than two seconds. */
  readonly shortGreetings: readonly string[];
  readonly network: readonly string[];
}

const TRAIN: Readonly<Partial<Record<Language, Texts>>> = {
  en: {
    hellos: ['Hello?', 'Yes?', 'Hi.', 'Yeah?', 'Hello there.', 'Yes, hello?', 'Good morning.'],
    names: ['Miller.', 'This is John.', 'Anna Brown.', 'Tom here.', 'Hello, Susan Clark.'],
    companies: [
      "Baker's garage, Tom here.",
      'Good afternoon, Miller and Sons, how can I help you?',
      'City dental practice, good morning.',
      'Reception, Claire speaking.',
    ],
    greetings: [
      "Hi, you've reached the Millers.|We can't come to the phone right now.|" +
        'Please leave a message.',
      'Hello.|This is John.|I am not available.|Leave your name and number after the tone.',
      'Thank you for calling Baker and Company.|Our office is closed.|Please leave a message.',
      "Hi, it's Anna.|Sorry I missed your call.|Leave me a message and I will call you back.",
      'You have reached the voicemail of Peter Hill.|Please speak after the beep.',
    ],
    shortGreetings: ['Please leave a message.', 'Leave a message.', 'You know what to do.'],
    network: [
      'Your call has been forwarded to an automatic voice message system.|' +
        'At the tone, please record your message.',
      'The person you are calling is not available.|Please leave a message after the tone.',
    ],
  },
  de: {
    hellos: ['Hallo?', 'Ja?', 'Ja bitte?', 'Guten Tag.'],
    names: ['Müller.', 'Schneider, guten Tag.', 'Anna Weber.', 'Ja, hier ist Thomas.'],
    companies: ['Autohaus Becker, Schmidt, guten Tag.', 'Praxis Doktor Lang, guten Morgen.'],
    greetings: [
      'Hallo.|Hier ist der Anrufbeantworter von Familie Müller.|Wir sind gerade nicht da.|' +
        'Bitte sprechen Sie nach dem Ton.',
      'Guten Tag, Sie sind verbunden mit der Firma Becker.|Unser Büro ist zur Zeit nicht besetzt.',
    ],
    shortGreetings: ['Bitte nach dem Ton sprechen.', 'Ich bin nicht da.'],
    network: [
      'Der Teilnehmer ist zur Zeit nicht erreichbar.|' +
        'Bitte hinterlassen Sie eine Nachricht nach dem Signalton.',
    ],
  },
  fr: {
    hellos: ['Allô ?', 'Oui ?', 'Oui, allô ?', 'Bonjour.'],
    names: ['Dupont, bonjour.', 'Marie Lambert.', "Oui, c'est Paul."],
    companies: ['Garage Martin, bonjour.', 'Cabinet du docteur Petit, bonjour.'],
    greetings: [
      'Bonjour.|Vous êtes bien chez Paul et Marie.|Nous sommes absents pour le moment.|' +
        'Laissez-nous un message après le bip.',
    ],
    shortGreetings: ['Laissez un message.', 'Je ne suis pas là.'],
    network: [
      'Bonjour, votre correspondant est indisponible.|' +
        'Veuillez laisser un message après le signal sonore.',
    ],
  },
  es: {
    hellos: ['¿Diga?', '¿Sí?', '¿Hola?', '¿Bueno?'],
    names: ['García.', 'Soy Carmen.', 'Habla Pedro López.'],
    companies: ['Taller Hernández, buenos días.', 'Clínica del Sol, buenas tardes, dígame.'],
    greetings: [
      'Hola.|Este es el contestador de Carmen.|Ahora no puedo atenderte.|' +
        'Deja tu mensaje después de la señal.',
    ],
    shortGreetings: ['Deje su mensaje.', 'No estoy en casa.'],
    network: ['El número que usted marcó no está disponible.|Deje su mensaje después del tono.'],
  },
  nl: {
    hellos: ['Hallo?', 'Ja?', 'Goedemiddag.'],
    names: ['Met Jansen.', 'Met Anneke de Vries.'],
    companies: ['Garage Visser, goedemorgen, met Kees.'],
    greetings: [
      'Hallo.|Dit is het antwoordapparaat van de familie Jansen.|Wij zijn er even niet.|' +
        'Spreek een bericht in na de piep.',
    ],
    shortGreetings: ['Spreek in na de piep.'],
    network: ['De persoon die u belt is niet bereikbaar.|U kunt na de toon een bericht inspreken.'],
  },
  ja: {
    hellos: ['もしもし。', 'はい。', 'はい、もしもし。'],
    names: ['はい、たなかです。', 'すずきです。'],
    companies: ['おでんわありがとうございます、さくらです。'],
    greetings: [
      'はい、たなかです。|ただいまるすにしております。|ピーというおとのあとに、メッセージをおねがいします。',
    ],
    shortGreetings: ['るすばんでんわです。'],
    network: [
      'おかけになったでんわは、でんわにでることができません。|ピーというおとのあとに、おなまえとごようけんをおはなしください。',
    ],
  },
};

const HELD_OUT: Readonly<Partial<Record<Language, Texts>>> = {
  en: {
    hellos: [
      'Hello!',
      'Yep?',
      'Hey.',
      'Good evening.',
      'Speaking.',
      'Hello, who is this?',
      'Hi there!',
    ],
    names: [
      'Robert Taylor.',
      'Kate.',
      "Hello, it's Michael.",
      'Jones residence.',
      'Linda speaking.',
    ],
    companies: [
      'Green Valley Farm, this is Steve.',
      'Good morning, law office of Harris and King, Emma speaking.',
      'Front desk, good evening.',
      'Pizza Roma, what can I get you?',
    ],
    greetings: [
      "Hey, this is Steve.|I'm either out or on the other line.|" +
        "Leave your number and I'll get back to you as soon as I can.",
      'Hello, you have reached Green Valley Farm.|Nobody is here to take your call.|' +
        'Please call again during business hours or leave a message.',
      'Hi.|This is Kate.|I cannot talk now.|Please text me, or leave your message after the tone.',
      'We are unable to take your call at the moment.|' +
        'Please leave your name, your number and a short message.|Thank you.',
    ],
    shortGreetings: [
      'Speak after the beep.',
      'Not home, leave a message.',
      'This is Kate, leave a message.',
    ],
    network: [
      'Sorry, the customer you have called is unavailable.|' +
        'Please try again later, or record a message after the beep.',
      'Welcome to the message service.|The subscriber cannot answer at present.|' +
        'After the tone, please leave your message.',
    ],
  },
  de: {
    hellos: ['Ja, hallo?', 'Guten Abend.', 'Bitte?'],
    names: ['Hoffmann.', 'Julia Krüger, hallo.', 'Meier am Apparat.'],
    companies: ['Bäckerei Vogel, was darf es sein?', 'Hotel zur Post, Rezeption, guten Abend.'],
    greetings: [
      'Guten Tag.|Leider bin ich im Moment nicht zu erreichen.|' +
        'Hinterlassen Sie mir Ihren Namen und Ihre Nummer.|Ich rufe zurück.',
    ],
    shortGreetings: ['Nachricht bitte nach dem Piep.'],
    network: [
      'Willkommen bei der Mailbox.|' +
        'Der gewünschte Gesprächspartner kann Ihren Anruf nicht entgegennehmen.',
    ],
  },
  fr: {
    hellos: ["Oui, j'écoute.", 'Allô, oui ?', 'Bonsoir.'],
    names: ['Sophie Bernard.', 'Monsieur Leroy.'],
    companies: ['Boulangerie Moreau, bonjour, que puis-je pour vous ?'],
    greetings: [
      "Salut, c'est Luc.|Je ne peux pas répondre.|" +
        'Laisse ton message et je te rappelle dès que possible.',
    ],
    shortGreetings: ['Parlez après le bip.'],
    network: ["La personne que vous appelez n'est pas joignable.|Merci de rappeler plus tard."],
  },
  it: {
    hellos: ['Pronto?', 'Sì?', 'Pronto, chi parla?'],
    names: ['Sono Luca.', 'Casa Rossi.', 'Giulia Bianchi, buongiorno.'],
    companies: ['Officina Ferrari, buongiorno.', 'Studio medico Conti, mi dica.'],
    greetings: [
      'Ciao.|Questa è la segreteria di Giulia.|In questo momento non posso rispondere.|' +
        'Lasciate un messaggio dopo il segnale.',
    ],
    shortGreetings: ['Lasciate un messaggio.', 'Non sono in casa.'],
    network: [
      "L'utente chiamato non è al momento raggiungibile.|" +
        'La preghiamo di lasciare un messaggio dopo il segnale acustico.',
    ],
  },
  pt: {
    hellos: ['Alô?', 'Pronto.', 'Oi, alô?', 'Sim?'],
    names: ['Aqui é o João.', 'Maria Souza, bom dia.'],
    companies: ['Padaria Central, boa tarde.'],
    greetings: [
      'Oi.|Você ligou para a família Souza.|Não podemos atender agora.|' +
        'Deixe seu recado depois do sinal.',
    ],
    shortGreetings: ['Deixe seu recado.'],
    network: [
      'Sua chamada está sendo encaminhada para a caixa postal.|Grave seu recado após o sinal.',
    ],
  },
  cmn: {
    hellos: ['喂?', '你好。', '喂,你好。'],
    names: ['我是王明。', '你好,我是李华。'],
    companies: ['你好,平安饭店,请问您找谁?'],
    greetings: ['你好。|我现在不能接电话。|请在提示音之后留言,我会尽快给你回电话。'],
    shortGreetings: ['请留言。'],
    network: ['对不起,您拨打的用户暂时无法接通。|请在提示音之后留言。'],
  },
};

const TEXTS: Readonly<Record<Part, Readonly<Partial<Record<Language, Texts>>>>> = {
  train: TRAIN,
  'held-out': HELD_OUT,
};

/** How an answer is built: pieces of speech and the silence after each. */
export interface Spoken {
  readonly pieces: readonly { readonly text: string; readonly pauseAfterMs: number }[];
}

export type PersonKind = 'hello' | 'name' | 'company' | 'hello-hello' | 'long';
export type MachineKind = 'greeting' | 'short-greeting' | 'network';

function textsOf(part: Part, language: Language): Texts {
  const texts = TEXTS[part][language];
  if (texts === undefined) throw new RangeError(`no texts for ${language}`);
  return texts;
}

/** A salutation leads on to what follows; between sentences one breathes. */
const LONGEST_SALUTATION = 12;

function withPauses(random: () => number, texts: readonly string[], longestMs: number): Spoken {
  const pieces = texts.map((text) => {
    const isSalutation = text.length <= LONGEST_SALUTATION;
    const pauseAfterMs = isSalutation ? between(random, 60, 380) : between(random, 150, longestMs);
    return { text, pauseAfterMs };
  });
  return { pieces };
}

/** What a person says. */
export function drawPerson(
  part: Part,
  language: Language,
  kind: PersonKind,
  random: () => number,
): Spoken {
  const { hellos, names, companies } = textsOf(part, language);
  switch (kind) {
    case 'hello':
      return withPauses(random, [pick(random, hellos)], 200);
    case 'name':
      return withPauses(random, [pick(random, names)], 200);
    case 'company':
      return withPauses(random, [pick(random, companies)], 200);
    case 'hello-hello': {
      const text = pick(random, hellos);
      return {
        pieces: [
          { text, pauseAfterMs: between(random, 900, 1900) },
          { text, pauseAfterMs: 0 },
        ],
      };
    }
    case 'long':
      return withPauses(random, [pick(random, companies), pick(random, names)], 450);
  }
}

/** What a machine says. */
export function drawMachine(
  part: Part,
  language: Language,
  kind: MachineKind,
  random: () => number,
): Spoken {
  const { greetings, shortGreetings, network } = textsOf(part, language);
  switch (kind) {
    case 'greeting':
      return withPauses(random, pick(random, greetings).split('|'), 600);
    case 'short-greeting':
      return withPauses(random, [pick(random, shortGreetings)], 200);
    case 'network':
      return withPauses(random, pick(random, network).split('|'), 650);
  }
}
