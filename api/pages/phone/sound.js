// What the page makes and measures of sound: the bell, and the levels of both sides.

const BELL_HZ = [440, 480];
const BELL_ON_MS = 1000;
const BELL_EVERY_MS = 3000;
/** Full deflection of a meter is -10 dBov, its rest -60. */
const FLOOR_DB = -60;
const SPAN_DB = 50;

let context = null;

/** Browsers allow sound after a click: call this from one. */
export function allowSound() {
  context ??= new AudioContext();
  void context.resume();
}

export class Bell {
  #timer = null;

  start() {
    this.stop();
    ring();
    this.#timer = setInterval(ring, BELL_EVERY_MS);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = null;
  }
}

function ring() {
  if (context?.state !== 'running') return;
  const gain = new GainNode(context, { gain: 0.08 });
  gain.connect(context.destination);
  for (const frequency of BELL_HZ) {
    const tone = new OscillatorNode(context, { frequency });
    tone.connect(gain);
    tone.start();
    tone.stop(context.currentTime + BELL_ON_MS / 1000);
  }
}

/** The level of a stream, 0 to 1. */
export class Level {
  #analyser = null;
  #source = null;
  #samples = new Float32Array(1024);

  listen(stream) {
    this.stop();
    if (context === null || stream === null || stream.getAudioTracks().length === 0) return;
    this.#analyser = new AnalyserNode(context, { fftSize: this.#samples.length });
    this.#source = new MediaStreamAudioSourceNode(context, { mediaStream: stream });
    this.#source.connect(this.#analyser);
  }

  stop() {
    this.#source?.disconnect();
    this.#analyser = null;
    this.#source = null;
  }

  get value() {
    if (this.#analyser === null) return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, sample) => sum + sample * sample, 0);
    const levelDb = 10 * Math.log10(power / this.#samples.length + 1e-10);
    return Math.min(1, Math.max(0, (levelDb - FLOOR_DB) / SPAN_DB));
  }
}
