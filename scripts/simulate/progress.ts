// How far the replay is: a bar that is drawn over on a terminal, plain lines elsewhere.

const width = 30;

export class Progress {
  readonly #out: NodeJS.WriteStream;
  readonly #label: string;
  /** Halves told so far, where there is no terminal. */
  #halves = 0;

  constructor(out: NodeJS.WriteStream, label: string) {
    this.#out = out;
    this.#label = label;
  }

  /** @param share 0 to 1 */
  show(share: number): void {
    const percent = `${String(Math.round(share * 100)).padStart(3)} %`;
    if (this.#out.isTTY) {
      const full = Math.round(share * width);
      const bar = '#'.repeat(full).padEnd(width, '.');
      this.#out.write(`\r${this.#label} [${bar}] ${percent}${share >= 1 ? '\n' : ''}`);
      return;
    }
    const halves = Math.floor(share * 2);
    if (halves <= this.#halves) return;
    this.#halves = halves;
    this.#out.write(`${this.#label} ${percent}\n`);
  }
}
