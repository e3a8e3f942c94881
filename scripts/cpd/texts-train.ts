// What is said in the calls that the weights are fitted on.
import type { TextsByLanguage } from './texts.ts';

export const TRAIN: TextsByLanguage = {
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
      "Hello?|Just kidding, I'm not here.|Leave me a message and I may even call you back.",
      'Hi, this is Tom.|Leave a message.',
      'Hello.|You have reached five, five, five, zero, one, four, two.|' +
        'Please leave a message after the tone.',
    ],
    shortGreetings: ['Please leave a message.', 'Leave a message.', 'You know what to do.'],
    network: [
      'Your call has been forwarded to an automatic voice message system.|' +
        'At the tone, please record your message.',
      'The person you are calling is not available.|Please leave a message after the tone.',
      'Two, zero, six.|Five, five, five.|Zero, one, seven, three.|Is not available.|' +
        'At the tone, please record your message.',
      'The number you have dialled is not in service.|Please check the number and dial again.',
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
  sv: {
    hellos: ['Hallå?', 'Hej.', 'Ja?', 'Ja, hallå?'],
    names: ['Andersson.', 'Det är Karin.', 'Erik Lindberg, hej.'],
    companies: ['Norrlands bilverkstad, god morgon, det är Lars.'],
    greetings: [
      'Hej.|Du har kommit till Karin.|Jag kan inte svara just nu.|' +
        'Lämna ett meddelande efter tonen.',
    ],
    shortGreetings: ['Lämna ett meddelande.', 'Tala efter pipet.'],
    network: ['Abonnenten kan inte nås just nu.|Var god lämna ett meddelande efter signalen.'],
  },
  pl: {
    hellos: ['Halo?', 'Słucham?', 'Tak?', 'Halo, słucham.'],
    names: ['Kowalski.', 'Anna Nowak, słucham.', 'Tu Piotr.'],
    companies: ['Warsztat samochodowy, dzień dobry, Marek przy telefonie.'],
    greetings: [
      'Dzień dobry.|Tu automatyczna sekretarka.|Nie mogę teraz odebrać telefonu.|' +
        'Proszę zostawić wiadomość po sygnale.',
    ],
    shortGreetings: ['Proszę zostawić wiadomość.'],
    network: [
      'Abonent jest czasowo niedostępny.|Prosimy spróbować później ' +
        'lub nagrać wiadomość po sygnale.',
    ],
  },
};
