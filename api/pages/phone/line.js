// The telephone line: registration and at most one call, by sip.js over a WebSocket. Tells what
// happens through `events`; knows nothing of the page.
import { Inviter, Registerer, SessionState, UserAgent } from './sip.js/index.js';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30000;
/** A browser that is gone is noticed by the registrar after this. */
const EXPIRES_SECONDS = 120;
/** We announce ourselves to no STUN server: the gateway has a public address. */
const PEER = { iceServers: [], bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require' };

/**
 * @typedef {object} LineEvents
 * @property {(state: 'on' | 'lost' | 'off') => void} line
 * @property {(who: string) => void} ringing a call for us
 * @property {() => void} established
 * @property {(stream: MediaStream) => void} sound
 * @property {(reason: string) => void} ended
 */
export class Line {
  #agent;
  #registerer;
  #events;
  #call = null;
  #pauseMs = FIRST_PAUSE_MS;
  #stopped = false;

  /** @param {LineEvents} events */
  constructor({ url, username, realm, password }, events) {
    this.#events = events;
    this.#agent = new UserAgent({
      uri: UserAgent.makeURI(`sip:${username}@${realm}`),
      authorizationUsername: username,
      authorizationPassword: password,
      transportOptions: { server: url, keepAliveInterval: 20 },
      sessionDescriptionHandlerFactoryOptions: {
        iceGatheringTimeout: 500,
        peerConnectionConfiguration: PEER,
      },
      logBuiltinEnabled: false,
      delegate: {
        onInvite: (invitation) => this.#take(invitation),
        onConnect: () => this.#register(),
        onDisconnect: (error) => this.#lost(error),
      },
    });
    this.#registerer = new Registerer(this.#agent, { expires: EXPIRES_SECONDS });
    this.#registerer.stateChange.addListener((state) => {
      if (state === 'Registered') this.#events.line('on');
      else if (!this.#stopped) this.#events.line('lost');
    });
  }

  async start() {
    await this.#agent.start().catch((error) => this.#lost(error));
  }

  async stop() {
    this.#stopped = true;
    this.hangUp();
    await this.#registerer.unregister().catch(() => undefined);
    await this.#agent.stop();
    this.#events.line('off');
  }

  get busy() {
    return this.#call !== null;
  }

  async dial(target) {
    if (this.#call !== null) return;
    const { host } = this.#agent.configuration.uri;
    const uri = UserAgent.makeURI(`sip:${target.replaceAll('#', '%23')}@${host}`);
    if (uri === undefined) throw new Error('That is nobody to call.');
    const call = new Inviter(this.#agent, uri);
    this.#own(call);
    await call.invite({
      requestDelegate: {
        onReject: ({ message }) => {
          call.reason = `${message.statusCode} ${message.reasonPhrase}`;
        },
      },
    });
  }

  accept() {
    return this.#call?.accept();
  }

  /** Ends the call, whatever it has come to. */
  hangUp() {
    const call = this.#call;
    if (call === null) return;
    const ignore = () => undefined;
    if (call.state === SessionState.Established) call.bye().catch(ignore);
    else if (call instanceof Inviter) call.cancel().catch(ignore);
    else call.reject({ statusCode: 480 }).catch(ignore);
  }

  /** Resolves with whether the call is on hold now. */
  async hold(wanted) {
    const call = this.#call;
    if (call?.state !== SessionState.Established) return false;
    const options = { ...call.sessionDescriptionHandlerOptionsReInvite, hold: wanted };
    call.sessionDescriptionHandlerOptionsReInvite = options;
    const taken = await new Promise((resolve, reject) => {
      const requestDelegate = { onAccept: () => resolve(true), onReject: () => resolve(false) };
      call.invite({ requestDelegate }).catch(reject);
    });
    return taken ? wanted : !wanted;
  }

  mute(wanted) {
    for (const { track } of this.#connection()?.getSenders() ?? []) {
      if (track !== null) track.enabled = !wanted;
    }
  }

  /** A digit as a telephone event (RFC 4733). */
  press(digit) {
    this.#call?.sessionDescriptionHandler?.sendDtmf(digit, { duration: 120, interToneGap: 60 });
  }

  /** What we send. */
  localStream() {
    return this.#call?.sessionDescriptionHandler?.localMediaStream ?? null;
  }

  #connection() {
    return this.#call?.sessionDescriptionHandler?.peerConnection ?? null;
  }

  #take(invitation) {
    if (this.#call !== null) {
      void invitation.reject({ statusCode: 486 });
      return;
    }
    this.#own(invitation);
    const { displayName, uri } = invitation.remoteIdentity;
    this.#events.ringing(displayName || decodeURIComponent(uri.user ?? 'unknown'));
  }

  #own(call) {
    this.#call = call;
    call.delegate = {
      onBye: () => (call.reason = 'The other side hung up.'),
      onCancel: () => (call.reason = 'The caller gave up.'),
    };
    call.stateChange.addListener((state) => {
      if (state === SessionState.Established) {
        this.#events.sound(call.sessionDescriptionHandler.remoteMediaStream);
        this.#events.established();
      }
      if (state === SessionState.Terminated && this.#call === call) {
        this.#call = null;
        this.#events.ended(call.reason ?? '');
      }
    });
  }

  #register() {
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#registerer
      .register({ requestDelegate: { onReject: () => this.#events.line('lost') } })
      .catch(() => this.#events.line('lost'));
  }

  /** The WebSocket is gone: calls go on, and so do we, after a pause. */
  #lost(error) {
    if (this.#stopped || error === undefined) return;
    this.#events.line('lost');
    setTimeout(() => {
      if (!this.#stopped) this.#agent.reconnect().catch((again) => this.#lost(again));
    }, this.#pauseMs);
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
  }
}
