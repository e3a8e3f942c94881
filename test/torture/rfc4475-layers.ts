// RFC 4475 s.3.2 to s.3.4: messages that are right in form and wrong for transactions or users.
import { accepted, refused, request, SDP, type Torture } from './message.ts';

const INVITE = 'INVITE sip:user@example.com SIP/2.0';
const REGISTER = 'REGISTER sip:example.com SIP/2.0';

export const LAYERS: readonly Torture[] = [
  {
    name: 'badbranch',
    section: '3.2.1',
    text: request('OPTIONS sip:user@example.com SIP/2.0', {
      Via: 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK',
    }),
    outcome: accepted('OPTIONS', { branch: 'z9hG4bK' }),
    answer: 200,
  },
  {
    name: 'insuf',
    section: '3.3.1',
    text: request(INVITE, { From: null, 'Call-ID': null, To: null }),
    outcome: refused(/bad Call-ID/),
    answer: 400,
  },
  {
    name: 'unkscm',
    section: '3.3.2',
    text: request('OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0'),
    outcome: accepted('OPTIONS', { uri: 'nobodyKnowsThisScheme:totallyopaquecontent' }),
  },
  {
    name: 'novelsc',
    section: '3.3.3',
    text: request('OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0'),
    outcome: accepted('OPTIONS', { uri: 'soap.beep://192.0.2.103:3002' }),
  },
  {
    name: 'unksm2',
    section: '3.3.4',
    text: request(REGISTER, {
      To: 'isbn:2983792873',
      From: '<http://www.example.com>;tag=3234233',
      Contact: '<name:John_Smith>',
    }),
    outcome: accepted('REGISTER', { fromTag: '3234233', toUri: 'isbn:2983792873' }),
  },
  {
    name: 'bext01',
    section: '3.3.5',
    text: request('OPTIONS sip:user@example.com SIP/2.0', {
      Require: 'nothingSupportsThis, nothingSupportsThisEither',
      'Proxy-Require': 'noProxiesSupportThis, norDoAnyProxiesSupportThis',
    }),
    outcome: accepted('OPTIONS', {
      'proxy-require': 'noProxiesSupportThis, norDoAnyProxiesSupportThis',
    }),
  },
  {
    name: 'invut',
    section: '3.3.6',
    text: request(INVITE, { 'Content-Type': 'application/unknownformat' }, '<audio>\r\n</audio>'),
    outcome: accepted('INVITE', { body: '<audio>\r\n</audio>' }),
  },
  {
    name: 'regaut01',
    section: '3.3.7',
    text: request(REGISTER, { Authorization: 'NoOneKnowsThisScheme opaque-data=here' }),
    outcome: accepted('REGISTER', { authorization: 'NoOneKnowsThisScheme opaque-data=here' }),
  },
  {
    name: 'multi01',
    section: '3.3.8',
    text: request(INVITE, {
      'Call-ID': 'multi01.1\r\nCall-ID: multi01.2',
      CSeq: '5 INVITE\r\nCSeq: 59 INVITE',
      From: '<sip:caller@example.com>;tag=1\r\nFrom: <sip:other@example.com>;tag=2',
    }),
    outcome: refused(/more than one/),
  },
  {
    name: 'mcl01',
    section: '3.3.9',
    text: request('OPTIONS sip:user@example.com SIP/2.0', {
      'Content-Length': '13\r\nContent-Length: 5',
    }),
    outcome: refused(/Content-Length/),
    answer: 400,
  },
  {
    name: 'bcast',
    section: '3.3.10',
    text: request('SIP/2.0 200 OK', {
      Via:
        'SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923\r\n' +
        'Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23',
      CSeq: '323 INVITE',
    }),
    outcome: accepted('INVITE', { vias: 2 }),
    // Its branch is none of ours: nothing is sent, to nobody.
    answer: null,
  },
  {
    name: 'zeromf',
    section: '3.3.11',
    text: request('OPTIONS sip:user@example.com SIP/2.0', { 'Max-Forwards': '0' }),
    // We are its end, not a proxy on the way.
    outcome: accepted('OPTIONS', { 'max-forwards': '0' }),
    answer: 200,
  },
  {
    name: 'cparam01',
    section: '3.3.12',
    text: request(REGISTER, { Contact: 'sip:+19725552222@gw1.example.net;unknownparam' }),
    outcome: accepted('REGISTER', { contactUri: 'sip:+19725552222@gw1.example.net' }),
    answer: 200,
  },
  {
    name: 'cparam02',
    section: '3.3.13',
    text: request(REGISTER, { Contact: '<sip:+19725552222@gw1.example.net;unknownparam>' }),
    outcome: accepted('REGISTER', {
      contactUri: 'sip:+19725552222@gw1.example.net;unknownparam',
    }),
    answer: 200,
  },
  {
    name: 'regescrt',
    section: '3.3.14',
    text: request(REGISTER, { Contact: '<sip:user@example.com?Route=%3Csip:sip.example.com%3E>' }),
    outcome: accepted('REGISTER', {
      contactUri: 'sip:user@example.com?Route=%3Csip:sip.example.com%3E',
    }),
    answer: 200,
  },
  {
    name: 'sdp01',
    section: '3.3.15',
    text: request(INVITE, { Accept: 'text/nobodyKnowsThis' }, SDP),
    outcome: accepted('INVITE', { accept: 'text/nobodyKnowsThis', body: SDP }),
  },
  {
    name: 'inv2543',
    section: '3.4.1',
    text: request(
      'INVITE sip:UserB@example.com SIP/2.0',
      {
        Via: 'SIP/2.0/UDP iftgw.example.com',
        From: '<sip:+13035551111@ift.client.example.net;user=phone>',
        'Max-Forwards': null,
        'Record-Route': '<sip:UserB@example.com;maddr=ss1.example.com>',
        'Content-Length': null,
      },
      SDP,
    ),
    outcome: accepted('INVITE', { fromTag: null, branch: null, body: SDP }),
  },
];
