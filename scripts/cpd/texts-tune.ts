// What is said in the calls by which thresholds are chosen. Shares no text with the others.
import type { TextsByLanguage } from './texts.ts';

export const TUNE: TextsByLanguage = {
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
  el: {
    hellos: ['Παρακαλώ;', 'Ναι;', 'Εμπρός;'],
    names: ['Παπαδόπουλος, λέγετε.', 'Ελένη εδώ.'],
    companies: ['Συνεργείο Νίκου, καλημέρα σας.'],
    greetings: [
      'Γεια σας.|Αυτή τη στιγμή δεν μπορώ να απαντήσω.|Αφήστε το μήνυμά σας μετά τον ήχο.',
    ],
    shortGreetings: ['Αφήστε μήνυμα.'],
    network: ['Ο συνδρομητής που καλείτε δεν είναι διαθέσιμος.|Καλέστε αργότερα.'],
  },
  cs: {
    hellos: ['Haló?', 'Prosím?', 'Ano?'],
    names: ['Novák.', 'Jana Dvořáková, prosím.'],
    companies: ['Autoservis Svoboda, dobrý den.'],
    greetings: [
      'Dobrý den.|Dovolali jste se do hlasové schránky Jany.|' +
        'Zanechte prosím vzkaz po zaznění tónu.',
    ],
    shortGreetings: ['Zanechte vzkaz.'],
    network: ['Volaný účastník není dostupný.|Zkuste to prosím později.'],
  },
};
