// RFC 4475 s.3.1.1: syntactically valid messages, made after its descriptions.
import { accepted, request, SDP, text, utf8, type Torture } from './message.ts';

const LONG = 'long'.repeat(60);

export const VALID: readonly Torture[] = [
  {
    name: 'wsinv',
    section: '3.1.1.1',
    text: text(
      [
        'INVITE sip:vivek@chair.example.com;unknownparam SIP/2.0',
        'TO :',
        ' sip:vivek@chair.example.com ;   tag    = 1918181833n',
        'from   : "J Rose \\\\\\""       <sip:jrose@example.com>',
        '  ;',
        '  tag = 98asjd8',
        'MaX-fOrWaRdS: 0068',
        'Call-ID: wsinv.torture@192.0.2.1',
        `Content-Length   : ${SDP.length}`,
        'cseq: 0009',
        '  INVITE',
        'Via  : SIP  /   2.0',
        ' /UDP',
        '    192.0.2.2;branch=390skdjuw',
        's :',
        'NewFangledHeader:   newfangled value',
        ' continued newfangled value',
        'UnknownHeaderWithUnusualValue: ;;,,;;,;',
        'Content-Type: application/sdp',
        'Route:',
        ' <sip:services.example.com;lr;unknownwith=value;unknown-no-value>',
        'v:  SIP  / 2.0  / TCP     spindle.example.com   ;',
        '  branch  =   z9hG4bK9ikj8  ,',
        ' SIP  /    2.0   / UDP  192.168.255.111   ; branch=',
        ' z9hG4bK30239',
        'm:"Quoted string \\"\\"" <sip:jrose@example.com> ; newparam =',
        '      newvalue ;',
        '  secondparam ; q = 0.33',
      ],
      SDP,
    ),
    outcome: accepted('INVITE', {
      toTag: '1918181833n',
      fromTag: '98asjd8',
      cseqNumber: 9,
      branch: '390skdjuw',
      vias: 3,
      'new-fangledheader': null,
      newfangledheader: 'newfangled value continued newfangled value',
      subject: '',
      body: SDP,
    }),
  },
  {
    name: 'intmeth',
    section: '3.1.1.2',
    text: request(
      "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)" +
        "&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0",
      {
        Via: "SIP/2.0/TCP host1.example.com;branch=z9hG4bK-.!%66*_+`'~",
        To:
          utf8('"BEL:\x07 NUL:\\\x00 DEL:\\\x7f" ') +
          '<sip:1_unusual.URI~(to-be!sure)@example.com>',
        From:
          "token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%=" +
          utf8('"работающий"') +
          ";tag=_token~1'+`*%!-.",
        "extensionHeader-!.%*+_`'~": utf8('大停電'),
      },
    ),
    outcome: accepted("!interesting-Method0123456789_*+`.%indeed'~", {
      fromTag: "_token~1'+`*%!-.",
      toTag: null,
      "extensionheader-!.%*+_`'~": utf8('大停電'),
    }),
  },
  {
    name: 'esc01',
    section: '3.1.1.3',
    text: request('INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0', {
      To: 'sip:%75se%72@example.com',
      From: '<sip:I%20have%20spaces@example.net>;tag=938',
    }),
    outcome: accepted('INVITE', {
      uri: 'sip:sips%3Auser%40example.com@example.net',
      to: 'sip:%75se%72@example.com',
    }),
  },
  {
    name: 'escnull',
    section: '3.1.1.4',
    text: request('REGISTER sip:example.com SIP/2.0', {
      To: 'sip:null-%00-null@example.com',
      From: 'sip:null-%00-null@example.com;tag=839923423',
      Contact: '<sip:%00@host5.example.com>\r\nContact: <sip:%00%00@host5.example.com>',
    }),
    outcome: accepted('REGISTER', { fromTag: '839923423', contacts: 2 }),
  },
  {
    name: 'esc02',
    section: '3.1.1.5',
    text: request('RE%47IST%45R sip:registrar.example.com SIP/2.0', {
      To: '"%Z%45" <sip:resource@example.com>',
      'C%6Fntact': '<sip:alias2@host2.example.com>',
    }),
    // Not a REGISTER, and C%6Fntact is no Contact: nothing is unescaped.
    outcome: accepted('RE%47IST%45R', { contacts: 1 }),
    answer: 501,
  },
  {
    name: 'lwsdisp',
    section: '3.1.1.6',
    text: request('OPTIONS sip:user@example.com SIP/2.0', {
      From: 'caller<sip:caller@example.com>;tag=323',
    }),
    outcome: accepted('OPTIONS', { fromTag: '323' }),
    answer: 200,
  },
  {
    name: 'longreq',
    section: '3.1.1.7',
    text: request('INVITE sip:user@example.com SIP/2.0', {
      Via: Array.from({ length: 34 }, (_, at) => `SIP/2.0/TCP sip${at}.example.com`).join(
        '\r\nv : ',
      ),
      To: `"I have a name of ${LONG}"<sip:user@example.com:6000;p=${LONG};${LONG}>`,
      From: `sip:${LONG}@example.net;tag=${LONG};unknown${LONG}=${LONG};${LONG}`,
      'Call-ID': `longreq.${LONG}`,
      [`Unknown-${LONG}-Name`]: `${LONG}; ${LONG} = ${LONG}`,
    }),
    outcome: accepted('INVITE', { fromTag: LONG, vias: 34, callId: `longreq.${LONG}` }),
  },
  {
    name: 'dblreq',
    section: '3.1.1.8',
    text:
      request('REGISTER sip:example.com SIP/2.0', { To: 'sip:j.user@example.com' }) +
      request('INVITE sip:joe@example.com SIP/2.0', {}, SDP),
    outcome: accepted('REGISTER', { to: 'sip:j.user@example.com', body: '' }),
  },
  {
    name: 'semiuri',
    section: '3.1.1.9',
    text: request('OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0', {
      To: 'sip:j_user@example.com',
    }),
    outcome: accepted('OPTIONS', { requestUser: 'user;par=u%40example.net' }),
    answer: 200,
  },
  {
    name: 'transports',
    section: '3.1.1.10',
    text: request('OPTIONS sip:user@example.com SIP/2.0', {
      Via: [
        'SIP/2.0/UDP t1.example.com;branch=z9hG4bKkdjuw',
        'SIP/2.0/SCTP t2.example.com;branch=z9hG4bKklasjdhf',
        'SIP/2.0/TLS t3.example.com;branch=z9hG4bK2980unddj',
        'SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en',
        'SIP/2.0/TCP t5.example.com;branch=z9hG4bK0a9idfnee',
      ].join('\r\nVia: '),
    }),
    outcome: accepted('OPTIONS', { vias: 5, branch: 'z9hG4bKkdjuw' }),
    answer: 200,
  },
  {
    name: 'mpart01',
    section: '3.1.1.11',
    text: request(
      'MESSAGE sip:kumiko@example.org SIP/2.0',
      { 'Content-Type': 'multipart/mixed;boundary=7a9cbec02ceef655' },
      `--7a9cbec02ceef655\r\nContent-Type: text/plain\r\n\r\nHello\r\n--7a9cbec02ceef655\r\n` +
        `Content-Type: application/octet-stream\r\n\r\n\0\xff\x80\r\n\r\n--7a9cbec02ceef655--`,
    ),
    outcome: accepted('MESSAGE', { 'content-type': 'multipart/mixed;boundary=7a9cbec02ceef655' }),
  },
  {
    name: 'unreason',
    section: '3.1.1.12',
    text: request(utf8('SIP/2.0 200 = 2**3 * 5**2 но сто девяносто девять'), {
      CSeq: '35 INVITE',
      To: '<sip:user@example.com>;tag=1234',
    }),
    outcome: accepted('INVITE', {
      status: 200,
      reason: utf8('= 2**3 * 5**2 но сто девяносто девять'),
    }),
  },
  {
    name: 'noreason',
    section: '3.1.1.13',
    text: request('SIP/2.0 100 ', { CSeq: '35 INVITE' }),
    outcome: accepted('INVITE', { status: 100, reason: '' }),
  },
];
