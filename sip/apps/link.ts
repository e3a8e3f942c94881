// The way to the engine: starts it, connects to its control port, and puts both up again when
// either is lost. Calls do not survive that; what happens to them is the owner's rule.
import { conflict, unavailable } from '../../core/errors.ts';
import type { Clock, Log, Timer } from '../../core/ports.ts';
import type { EngineHandle, GuardHandle, ListenAddress, TracedMessage } from '../types.ts';
import { wordsOf } from './headers.ts';
import { connectSrf, disconnectSrf } from './srf.ts';
import type { SrfApp } from './srf.ts';

const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 10_000;

export interface LinkParts {
  /** Starts an engine; null: the configured addresses, else those bound before. */
  readonly startEngine: (listen: readonly ListenAddress[] | null) => Promise<EngineHandle>;
  /** Installs request handlers on every new srf. */
  readonly handlers: (srf: SrfApp) => void;
  /** The engine or the connection is gone; called once for each loss. */
  readonly lost: (reason: string) => void;
  readonly traced: (message: TracedMessage) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** One engine at a time, with one control connection. */
export class EngineLink {
  readonly #parts: LinkParts;
  #engine: EngineHandle | null = null;
  #srf: SrfApp | null = null;
  #listening: readonly ListenAddress[] = [];
  #isRunning = false;
  #retry: Timer | null = null;
  #retryDelayMs = FIRST_RETRY_MS;
  #losses = 0;

  constructor(parts: LinkParts) {
    this.#parts = parts;
  }

  /** Null while there is no engine to talk to. */
  get srf(): SrfApp | null {
    return this.#srf;
  }

  get listening(): readonly ListenAddress[] {
    return this.#listening;
  }

  /**
   * Starts the engine and connects.
   * @throws RingbackError SIP_ALREADY_STARTED, SIP_LISTEN_FAILED, SIP_CONTROL_FAILED, SIP_STOPPED
   */
  async start(): Promise<void> {
    if (this.#isRunning) throw conflict('SIP_ALREADY_STARTED', 'sip was started before');
    this.#isRunning = true;
    try {
      await this.#establish(null);
      if (!this.#isRunning) throw unavailable('SIP_STOPPED', 'sip was stopped while starting');
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Closes the connection, then the engine. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#retry?.cancel();
    const [srf, engine] = [this.#srf, this.#engine];
    this.#srf = null;
    this.#engine = null;
    this.#listening = [];
    if (srf !== null) disconnectSrf(srf);
    await engine?.stop();
  }

  /** The engine's own gauges, and how often it or the connection was lost. */
  async stats(): Promise<Readonly<Record<string, number>>> {
    // A dying engine may refuse to count; that is no reason for a health check to fail.
    const ofEngine = this.#srf === null ? {} : await this.#engine?.stats().catch(() => ({}));
    const engineConnected = this.#srf === null ? 0 : 1;
    return { ...ofEngine, engineConnected, engineLosses: this.#losses };
  }

  /** The guard of the engine as it is now; null while there is none. */
  get guard(): GuardHandle | null {
    return this.#engine?.guard ?? null;
  }

  async #establish(listen: readonly ListenAddress[] | null): Promise<void> {
    if (this.#engine === null) {
      const engine = await this.#parts.startEngine(listen);
      this.#engine = engine;
      this.#listening = engine.listening;
      engine.onTrace((message) => this.#parts.traced(message));
      engine.onDeath((cause) => {
        if (this.#engine !== engine) return;
        this.#engine = null;
        this.#lose(cause.message);
      });
    }
    const lost = (): void => {
      if (this.#srf === srf) this.#lose('control connection closed');
    };
    const { handlers, clock } = this.#parts;
    const srf = await connectSrf(this.#engine.control, handlers, lost, clock);
    this.#srf = srf;
  }

  #lose(reason: string): void {
    if (!this.#isRunning) return;
    const srf = this.#srf;
    this.#srf = null;
    if (srf !== null) {
      disconnectSrf(srf);
      this.#losses += 1;
      this.#parts.log.error('sip-engine-lost', { reason });
      this.#parts.lost(reason);
    }
    this.#scheduleRetry();
  }

  #scheduleRetry(): void {
    this.#retry?.cancel();
    this.#retry = this.#parts.clock.after(this.#retryDelayMs, () => void this.#restore());
    this.#retryDelayMs = Math.min(this.#retryDelayMs * 2, MAX_RETRY_MS);
  }

  async #restore(): Promise<void> {
    try {
      await this.#establish(this.#listening);
    } catch (error) {
      this.#parts.log.warn('sip-engine-not-restored', { error: wordsOf(error) });
      if (this.#isRunning) this.#scheduleRetry();
      return;
    }
    if (!this.#isRunning) return this.stop();
    this.#retryDelayMs = FIRST_RETRY_MS;
    this.#parts.log.info('sip-engine-restored', {});
  }
}
