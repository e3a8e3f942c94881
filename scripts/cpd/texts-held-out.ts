// What is said in the calls of the report, and nowhere else. Shares no text with the others.
import type { TextsByLanguage } from './texts.ts';

export const HELD_OUT: TextsByLanguage = {
  en: {
    hellos: ['Hullo?', "Who's there?", 'Hi, hello?', 'Good afternoon.', 'Yes, speaking.', 'Howdy.'],
    names: ['Baxter.', 'Olivia Grant speaking.', 'Hi, Daniel here.', 'The Wilsons.'],
    companies: [
      'Riverside Plumbing, Frank speaking.',
      'Thanks for calling Oakwood Library, how may I direct your call?',
      'Emergency desk, go ahead please.',
    ],
    greetings: [
      'Hi there, you got Daniel.|Probably driving right now.|Drop me a line after the signal.',
      "Good day.|This is the Wilson family's answering machine.|We are away until Sunday.|" +
        'Tell us who you are and what you need.',
      "It's Olivia.|Can't pick up.|Say something nice after the beep.",
      'Riverside Plumbing is closed today.|For urgent repairs, dial our hotline.|' +
        'The number is eight, zero, zero, four, one, nine, two.',
    ],
    shortGreetings: ["It's Frank, talk to the machine.", 'Record your words now.'],
    network: [
      'The mobile you have called may be switched off.|Please try again after a while.',
      'Nine, one, seven.|Six, two, three.|Four, four, eight, eight.|' +
        'Cannot come to the phone.|Begin speaking when you hear the tone.',
    ],
  },
  de: {
    hellos: ['Ja, wer ist da?', 'Moin.', 'Grüß Gott?'],
    names: ['Schulze, hallo.', 'Familie Wagner.'],
    companies: ['Stadtwerke Neustadt, mein Name ist Braun, was kann ich für Sie tun?'],
    greetings: [
      'Hi, hier spricht die Maschine von Jens.|Er ist unterwegs.|Rede einfach nach dem Piepton.',
    ],
    shortGreetings: ['Jens ist unterwegs.'],
    network: [
      'Dieser Anschluss ist vorübergehend nicht erreichbar.|Bitte versuchen Sie es später.',
    ],
  },
  es: {
    hellos: ['¿Aló?', '¿Quién es?', 'Dígame.'],
    names: ['Con Fernando, buenas.', 'Lucía Torres.'],
    companies: ['Ferretería El Martillo, a sus órdenes.'],
    greetings: [
      'Has llamado a Lucía.|Estoy trabajando.|Graba lo que quieras cuando suene el pitido.',
    ],
    shortGreetings: ['Graba tu recado.'],
    network: ['El teléfono al que llama está apagado o fuera de cobertura.|Inténtelo más tarde.'],
  },
  ru: {
    hellos: ['Алло?', 'Да?', 'Слушаю.', 'Да, алло.'],
    names: ['Иванов слушает.', 'Это Наташа.'],
    companies: ['Автосервис, здравствуйте, меня зовут Олег.'],
    greetings: [
      'Здравствуйте.|Вы позвонили Наташе.|Сейчас я не могу ответить.|' +
        'Оставьте сообщение после сигнала.',
    ],
    shortGreetings: ['Оставьте сообщение.'],
    network: ['Аппарат абонента выключен или находится вне зоны действия сети.|Перезвоните позже.'],
  },
  tr: {
    hellos: ['Alo?', 'Efendim?', 'Buyurun.'],
    names: ['Ben Mehmet.', 'Ayşe Yılmaz, buyurun.'],
    companies: ['Yıldız Oto Servis, iyi günler.'],
    greetings: [
      'Merhaba.|Şu anda telefona bakamıyorum.|Lütfen sinyal sesinden sonra mesaj bırakın.',
    ],
    shortGreetings: ['Mesaj bırakın.'],
    network: ['Aradığınız kişiye şu anda ulaşılamıyor.|Lütfen daha sonra tekrar deneyin.'],
  },
  da: {
    hellos: ['Goddag?', 'Det er mig.', 'Hallo, ja?'],
    names: ['Mette Sørensen.', 'Du taler med Jens.'],
    companies: ['Havnens Fiskehus, goddag, du taler med Bo.'],
    greetings: ['Hej, det er Mette.|Jeg kan ikke tage telefonen.|Læg en besked efter klartonen.'],
    shortGreetings: ['Læg en besked.'],
    network: ['Der er ikke forbindelse til det nummer, du har ringet til.|Prøv igen senere.'],
  },
  hu: {
    hellos: ['Halló?', 'Igen?', 'Tessék?'],
    names: ['Kovács Péter.', 'Szabó Éva, tessék.'],
    companies: ['Kovács autójavító, jó napot kívánok.'],
    greetings: ['Jó napot.|Most nem tudom felvenni.|Kérem, hagyjon üzenetet a sípszó után.'],
    shortGreetings: ['Hagyjon üzenetet.'],
    network: ['A hívott szám jelenleg nem elérhető.|Kérjük, hívja később.'],
  },
  ko: {
    hellos: ['여보세요?', '네?', '네, 여보세요.'],
    names: ['김민수입니다.', '네, 이영희입니다.'],
    companies: ['안녕하세요, 한국 식당입니다.'],
    greetings: ['안녕하세요.|지금은 전화를 받을 수 없습니다.|삐 소리 후에 메시지를 남겨 주세요.'],
    shortGreetings: ['메시지를 남기세요.'],
    network: ['전화를 받지 않아 음성 사서함으로 연결됩니다.|삐 소리 후 녹음하십시오.'],
  },
  fi: {
    hellos: ['Haloo?', 'Niin?', 'No moi.'],
    names: ['Virtanen.', 'Liisa Korhonen puhelimessa.'],
    companies: ['Huoltoasema Järvinen, hyvää päivää.'],
    greetings: ['Terve.|En pääse nyt puhelimeen.|Jätä viesti äänimerkin jälkeen.'],
    shortGreetings: ['Jätä viesti.'],
    network: ['Valitsemaanne numeroon ei juuri nyt saada yhteyttä.|Yrittäkää myöhemmin uudelleen.'],
  },
};
