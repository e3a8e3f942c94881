// What an operator's connection asks of the engine beside SIP: gauges, bans, copies of messages.
// Frames of our own, verb `ringback`, with JSON where a SIP message would stand; an engine of
// another make never sees them, and an application that does not ask never gets any.
import type { GuardHandle } from '../guard/types.ts';
import type { TracedMessage } from '../types.ts';
import type { Application } from './applications.ts';
import type { AppFrame } from './frames.ts';

/** The engine as far as operators may reach it. */
export interface Operated {
  readonly guard: GuardHandle;
  stats(): Promise<Readonly<Record<string, number>>>;
  onTrace(listener: (message: TracedMessage) => void): void;
}

export class OperatorSide {
  readonly #engine: Operated;
  readonly #watchers = new Set<Application>();
  #isTracing = false;

  constructor(engine: Operated) {
    this.#engine = engine;
  }

  /** Answers `ringback|stats`, `bans`, `lift-ban|source`, `authenticated|address|1`, `trace`. */
  asked(application: Application, { id, tokens }: AppFrame): void {
    const [what, subject = '', flag] = tokens;
    const { guard } = this.#engine;
    const answer = (value: unknown): void => application.reply(id, `OK|\r\n${jsonOf(value)}`);
    switch (what) {
      case 'stats':
        return void this.#engine.stats().then(answer);
      case 'bans':
        return void guard.bans().then(answer);
      case 'lift-ban':
        return void guard.liftBan(subject).then(answer);
      case 'authenticated':
        guard.authenticated(subject, flag === '1');
        return answer(true);
      case 'trace':
        this.#watch(application);
        return answer(true);
      default:
        return application.refuse(id, 'Unknown question');
    }
  }

  gone(application: Application): void {
    this.#watchers.delete(application);
  }

  #watch(application: Application): void {
    this.#watchers.add(application);
    if (this.#isTracing) return;
    this.#isTracing = true;
    this.#engine.onTrace((message) => {
      if (this.#watchers.size === 0) return;
      const payload = `traced|\r\n${jsonOf(message)}`;
      for (const watcher of this.#watchers) watcher.send(payload);
    });
  }
}

/** JSON as a byte string. */
function jsonOf(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('latin1');
}
