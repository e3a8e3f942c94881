// Breaking things on purpose: seeded changes to SIP texts and to bytes. All texts are byte strings,
// one character for each octet. The same seed breaks the same things.

/** Random numbers of one seed. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 up to `below`, without it (mulberry32). */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }
}

/** The longest text that is made: no datagram is longer. */
export const MAX_INPUT_CHARS = 65_000;

/** What hurts parsers: separators, quotes, numbers at their limits, lines in lines. */
const NASTY = [
  ...['\r\n', '\r', '\n', '\r\n\r\n', '\r\n ', '\0', '\t', ' ', '  ', ':', '::', ';', ';;', ','],
  ...['"', '""', '\\', '\\"', '<', '>', '<>', '=', '@', '%', '%00', '%0d%0a', '[', ']', '[::1]'],
  ...['-1', '0', '255', '256', '65535', '65536', '2147483647', '2147483648', '4294967296'],
  ...['99999999999999999999', 'NaN', '1e9', '0x10', '\xff', '\xc3\xa9', '\xe2\x80\xa8', '|', '#'],
  ...[';tag=', ';tag=x;tag=y', ';branch=', ';rport', ';received=', ';lr', '"a" ', '*', '?a=b'],
  ...['sip:', 'sips:a@b', 'tel:+1', 'SIP/2.0', 'SIP/3.0', 'sip/2.0', 'INVITE', 'CANCEL', 'ACK'],
  ...['\r\nVia: SIP/2.0/UDP evil.example;branch=z9hG4bKevil', '\r\nX-Injected: yes'],
  ...['\r\nContent-Length: 0', '\r\nl: 5', '\r\nContent-Length: -1', '\r\nCSeq: 1 BYE'],
];

type Mutation = (text: string, dice: Dice) => string;

const lineMutation =
  (change: (lines: string[], at: number, dice: Dice) => void): Mutation =>
  (text, dice) => {
    const lines = text.split('\r\n');
    change(lines, dice.below(lines.length), dice);
    return lines.join('\r\n');
  };

const cut: Mutation = (text, dice) => {
  const at = dice.below(text.length + 1);
  return text.slice(0, at) + text.slice(at + 1 + dice.below(dice.pick([2, 10, 200])));
};

const put: Mutation = (text, dice) => {
  const at = dice.below(text.length + 1);
  return text.slice(0, at) + dice.pick(NASTY) + text.slice(at);
};

const setByte: Mutation = (text, dice) => {
  const at = dice.below(text.length + 1);
  return text.slice(0, at) + String.fromCharCode(dice.below(256)) + text.slice(at + 1);
};

/** A short piece, many times over: finds what is slow or deep. */
const repeat: Mutation = (text, dice) => {
  const at = dice.below(text.length + 1);
  const own = text.slice(at, at + 1 + dice.below(40));
  const piece = dice.below(2) === 0 ? dice.pick(NASTY) : own;
  const times = dice.pick([3, 50, 300, Math.floor(60_000 / Math.max(1, piece.length))]);
  return text.slice(0, at) + piece.repeat(times) + text.slice(at);
};

const replaceValue = lineMutation((lines, at, dice) => {
  const line = lines[at]!;
  const colon = line.indexOf(':');
  if (colon > 0) lines[at] = `${line.slice(0, colon + 1)} ${dice.pick(NASTY)}`;
});

const number: Mutation = (text, dice) => {
  const numbers = [...text.matchAll(/\d+/g)];
  if (numbers.length === 0) return text;
  const { 0: digits, index } = dice.pick(numbers);
  const other = dice.pick(['', '0', '-1', '7', '256', '70000', '2147483648', '9'.repeat(30)]);
  return text.slice(0, index) + other + text.slice(index + digits.length);
};

const TEXT_MUTATIONS: readonly Mutation[] = [
  ...[cut, put, put, put, setByte, setByte, number, replaceValue, repeat],
  lineMutation((lines, at) => void lines.splice(at, 1)),
  lineMutation((lines, at, dice) => void lines.splice(dice.below(lines.length), 0, lines[at]!)),
  lineMutation((lines, at, dice) => void lines.splice(at, 1, dice.pick(lines))),
  lineMutation((lines, at) => (lines[at] = lines[at]!.replace(':', ' \t:\r\n '))),
  lineMutation((lines, at, dice) => (lines[at] = lines[at]!.slice(0, dice.below(60)))),
  lineMutation((lines, at) => (lines[at] = lines[at]!.toUpperCase())),
];

/** One to six changes to a text made of lines. */
export function mutatedText(text: string, dice: Dice): string {
  let changed = text;
  for (let count = 1 + dice.below(6); count > 0; count--) {
    changed = dice.pick(TEXT_MUTATIONS)(changed, dice);
  }
  return changed.slice(0, MAX_INPUT_CHARS);
}

const BYTE_MUTATIONS: readonly Mutation[] = [
  cut,
  setByte,
  setByte,
  (text, dice) => text.slice(0, dice.below(text.length + 1)),
  (text, dice) => text + text.slice(dice.below(text.length + 1)),
  (text, dice) => {
    const at = dice.below(text.length + 1);
    return text.slice(0, at) + dice.pick(['\0', '\xff', '\x7f', '\x80']) + text.slice(at + 1);
  },
];

/** One to eight changes to bytes. */
export function mutatedBytes(text: string, dice: Dice): string {
  let changed = text;
  for (let count = 1 + dice.below(8); count > 0; count--) {
    changed = dice.pick(BYTE_MUTATIONS)(changed, dice);
  }
  return changed.slice(0, 4_096);
}

/** Cuts a text into pieces of any size, also empty ones. */
export function pieces(text: string, dice: Dice): string[] {
  const found: string[] = [];
  const most = dice.pick(text.length > 5_000 ? [20, 500, 20_000] : [2, 20, 500]);
  for (let at = 0; at < text.length;) {
    const size = dice.below(most);
    found.push(text.slice(at, at + size));
    at += size;
  }
  return found;
}
