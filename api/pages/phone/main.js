// The page: what is shown follows from the state of the agent, the line and the one call.
import { Desk, Refusal } from './desk.js';
import { Line } from './line.js';
import { allowSound, Bell, Level } from './sound.js';

const POLL_MS = 2000;
const METER_MS = 80;
const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];
const STATES = {
  'logged-out': 'logged out',
  'not-ready': 'not ready',
  ready: 'ready',
  reserved: 'a call is coming',
  talking: 'in a call',
  'wrap-up': 'after-call work',
};
const LINES = { on: 'connected', lost: 'no connection', off: 'not connected' };

const $ = (id) => document.getElementById(id);
const bell = new Bell();
const you = new Level();
const them = new Level();

let desk = null;
let line = null;
let agent = null;
/** `idle`, `calling`, `ringing` or `talking`. */
let call = { state: 'idle', who: '', sinceMs: 0, muted: false, held: false };

function show() {
  $('login').hidden = desk !== null;
  $('desk').hidden = desk === null;
  if (agent !== null) showAgent();
  showCall();
}

function showAgent() {
  $('agent-name').textContent = agent.displayName;
  const label = STATES[agent.state] ?? agent.state;
  $('agent-state').textContent =
    agent.state === 'not-ready' && agent.notReadyReason !== null
      ? `${label}: ${agent.notReadyReason}`
      : label;
  $('agent-state').dataset.state = agent.state;
  $('ready').setAttribute('aria-pressed', String(agent.state === 'ready'));
  $('not-ready').setAttribute('aria-pressed', String(agent.state === 'not-ready'));
}

function showCall() {
  const { state, who, muted, held } = call;
  const titles = { idle: 'No call', calling: 'Calling', ringing: 'Incoming call', talking: 'Call' };
  $('call').dataset.state = state;
  $('call-title').textContent = held ? 'On hold' : titles[state];
  $('call-who').textContent = who;
  $('call-who').hidden = who === '';
  $('dial').hidden = state !== 'idle';
  $('ringing').hidden = state !== 'ringing' && state !== 'calling';
  $('accept').hidden = state !== 'ringing';
  $('decline').textContent = state === 'calling' ? 'Cancel' : 'Decline';
  $('talking').hidden = state !== 'talking';
  $('call-timer').hidden = state !== 'talking';
  $('mute').setAttribute('aria-pressed', String(muted));
  $('hold').setAttribute('aria-pressed', String(held));
  document.title = state === 'ringing' ? `${who} is calling` : 'Ringback telephone';
}

function become(next) {
  const ends = next.state === 'idle';
  call = ends
    ? { state: 'idle', who: '', sinceMs: 0, muted: false, held: false }
    : { ...call, ...next };
  if (call.state === 'ringing') bell.start();
  else bell.stop();
  if (ends) closeKeypad();
  show();
}

function say(words) {
  $('news').textContent = words;
}

function complain(words) {
  $('notice').textContent = words;
  $('notice').hidden = words === '';
}

function clock(sinceMs, nowMs) {
  const seconds = Math.max(0, Math.floor((nowMs - sinceMs) / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part) => String(part).padStart(2, '0')).join(':');
}

/** Does what a button asks; refusals are shown, a session that is over leads to the login. */
async function attempt(act) {
  complain('');
  try {
    const answer = await act();
    if (answer?.agentId !== undefined) agent = answer;
    show();
  } catch (error) {
    if (error instanceof Refusal && error.code === 'PHONE_SESSION_INVALID') await leave();
    complain(error instanceof Error ? error.message : String(error));
  }
}

/** Keeps what is shown true. A server that does not answer for once is asked again. */
async function follow() {
  if (desk === null) return;
  try {
    agent = await desk.agent();
    show();
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'PHONE_SESSION_INVALID') return;
    await leave();
    complain('You are logged out.');
  }
}

async function enter(agentId, password) {
  allowSound();
  const opened = await Desk.logIn(agentId, password);
  if (opened.sip.url === null) throw new Error('This server has no WebSocket for telephones.');
  desk = opened.desk;
  agent = opened.agent;
  line = new Line({ ...opened.sip, password }, lineEvents);
  show();
  await line.start();
}

async function leave() {
  const gone = line;
  desk = null;
  line = null;
  agent = null;
  become({ state: 'idle' });
  await gone?.stop();
}

const lineEvents = {
  line(state) {
    $('line').textContent = LINES[state];
    $('line').dataset.state = state;
  },
  ringing(who) {
    become({ state: 'ringing', who });
    say(`Incoming call from ${who}`);
    $('accept').focus();
  },
  sound(stream) {
    $('sound').srcObject = stream;
    them.listen(stream);
    you.listen(line.localStream());
  },
  established() {
    become({ state: 'talking', sinceMs: Date.now() });
    say('In a call');
    $('hang-up').focus();
  },
  ended(reason) {
    $('sound').srcObject = null;
    you.stop();
    them.stop();
    become({ state: 'idle' });
    say(`Call ended. ${reason}`);
    if (/^\d/.test(reason)) complain(`The call was refused: ${reason}`);
  },
};

function closeKeypad() {
  $('keypad').hidden = true;
  $('keys').setAttribute('aria-expanded', 'false');
}

function listen() {
  $('login').addEventListener('submit', (event) => {
    event.preventDefault();
    void attempt(() => enter($('agent-id').value.trim(), $('password').value));
    $('password').value = '';
  });
  $('logout').addEventListener('click', () =>
    attempt(async () => {
      await desk.logOut();
      await leave();
    }),
  );
  $('ready').addEventListener('click', () => attempt(() => desk.ready()));
  $('not-ready').addEventListener('click', () => attempt(() => desk.notReady($('reason').value)));
  $('dial').addEventListener('submit', (event) => {
    event.preventDefault();
    const who = $('number').value.trim();
    become({ state: 'calling', who });
    void attempt(() => line.dial(who)).then(() => {
      if (line !== null && !line.busy) become({ state: 'idle' });
    });
  });
  $('accept').addEventListener('click', () => {
    bell.stop();
    void attempt(() => line.accept());
  });
  for (const id of ['decline', 'hang-up']) $(id).addEventListener('click', () => line.hangUp());
  $('mute').addEventListener('click', () => {
    line.mute(!call.muted);
    become({ muted: !call.muted });
  });
  $('hold').addEventListener('click', () =>
    attempt(async () => become({ held: await line.hold(!call.held) })),
  );
  $('keys').addEventListener('click', () => {
    const open = $('keypad').hidden;
    $('keypad').hidden = !open;
    $('keys').setAttribute('aria-expanded', String(open));
  });
  for (const key of KEYS) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = key;
    button.addEventListener('click', () => line.press(key));
    $('keypad').append(button);
  }
  addEventListener('pagehide', () => void line?.stop());
}

function tick() {
  if (agent !== null)
    $('agent-since').textContent = `for ${clock(Date.parse(agent.since), Date.now())}`;
  if (call.state === 'talking') $('call-timer').textContent = clock(call.sinceMs, Date.now());
}

listen();
show();
setInterval(tick, 500);
setInterval(() => {
  $('you').value = call.muted ? 0 : you.value;
  $('them').value = them.value;
}, METER_MS);
setInterval(() => void follow(), POLL_MS);
