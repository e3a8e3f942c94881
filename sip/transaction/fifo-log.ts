// Records of bytes, found by a key and forgotten in the order in which they came. They lie outside
// the collector's heap, so that a hundred thousand of them cost it nothing. Knows no SIP.

/** One record as it is read back. Text is a byte string (latin1). */
export interface LogRecord {
  /** A small number of the writer's own, 0 to 255. */
  readonly rule: number;
  /** Another one, 0 to 65,535. */
  readonly mark: number;
  readonly port: number;
  readonly address: string;
  readonly text: string;
}

/** Records share blocks of this size; a longer one has a block for itself. */
const BLOCK_BYTES = 256 * 1_024;

/** Due time, key hash, lengths of key, address and text, mark, port, rule. */
const HEADER_BYTES = 32;

const FIRST_SLOTS = 1_024;

interface Block {
  readonly bytes: Buffer;
  used: number;
}

/**
 * A queue of records with an index over their keys. A place is block number and offset in one
 * number of 32 bits: whoever adds must see to it that there is never more than 1 GiB.
 */
export class FifoLog {
  readonly #seed: number;
  readonly #blocks: (Block | null)[] = [];
  /** Numbers of the blocks in use, oldest first, and of those that are free. */
  readonly #order: number[] = [];
  readonly #free: number[] = [];
  #spare: Buffer | null = null;
  #blockBytes = 0;
  /** Offset of the oldest record in the oldest block. */
  #oldest = 0;
  /** Open addressing; place + 1, or 0 where nothing is. */
  #slots = new Int32Array(FIRST_SLOTS);
  #size = 0;

  /** @param seed any number: strangers who do not know it cannot choose keys that collide */
  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  get size(): number {
    return this.#size;
  }

  /** Bytes held outside the heap, the index included. */
  get bytes(): number {
    return this.#slots.byteLength + (this.#spare?.length ?? 0) + this.#blockBytes;
  }

  /** Adds a record. `dueMs` must not be before that of the record added last; keys are new. */
  add(key: string, dueMs: number, record: LogRecord): void {
    const { rule, mark, port, address, text } = record;
    const bytes = HEADER_BYTES + key.length + address.length + text.length;
    const number = this.#blockFor(bytes);
    const block = this.#blocks[number]!;
    const at = block.used;
    const hash = this.#hash(key);
    const buffer = block.bytes;
    buffer.writeDoubleLE(dueMs, at);
    buffer.writeInt32LE(hash, at + 8);
    buffer.writeUInt32LE(key.length, at + 12);
    buffer.writeUInt32LE(address.length, at + 16);
    buffer.writeUInt32LE(text.length, at + 20);
    buffer.writeUInt16LE(mark, at + 24);
    buffer.writeUInt16LE(port, at + 26);
    buffer.writeUInt8(rule, at + 28);
    let end = at + HEADER_BYTES;
    end += buffer.write(key, end, 'latin1');
    end += buffer.write(address, end, 'latin1');
    block.used = end + buffer.write(text, end, 'latin1');
    if (2 * (this.#size + 1) > this.#slots.length) this.#resize(2 * this.#slots.length);
    this.#insert(hash, number * BLOCK_BYTES + at);
    this.#size++;
  }

  /** The record of that key, or null. */
  find(key: string): LogRecord | null {
    const slot = this.#slotOf(key);
    if (slot < 0) return null;
    const place = this.#slots[slot]! - 1;
    const { bytes } = this.#blocks[Math.floor(place / BLOCK_BYTES)]!;
    const at = place % BLOCK_BYTES;
    const addressAt = at + HEADER_BYTES + bytes.readUInt32LE(at + 12);
    const textAt = addressAt + bytes.readUInt32LE(at + 16);
    return {
      rule: bytes.readUInt8(at + 28),
      mark: bytes.readUInt16LE(at + 24),
      port: bytes.readUInt16LE(at + 26),
      address: bytes.toString('latin1', addressAt, textAt),
      text: bytes.toString('latin1', textAt, textAt + bytes.readUInt32LE(at + 20)),
    };
  }

  /** When the oldest record is due; null when there is none. */
  get nextDueMs(): number | null {
    const block = this.#blocks[this.#order[0] ?? -1] ?? null;
    return this.#size === 0 || block === null ? null : block.bytes.readDoubleLE(this.#oldest);
  }

  /** Forgets every record that is due at `nowMs`. */
  expire(nowMs: number): void {
    for (let dueMs = this.nextDueMs; dueMs !== null && dueMs <= nowMs; dueMs = this.nextDueMs) {
      this.#forgetOldest();
    }
  }

  #forgetOldest(): void {
    const number = this.#order[0]!;
    const block = this.#blocks[number]!;
    const at = this.#oldest;
    this.#remove(block.bytes.readInt32LE(at + 8), number * BLOCK_BYTES + at);
    this.#size--;
    this.#oldest =
      at +
      HEADER_BYTES +
      block.bytes.readUInt32LE(at + 12) +
      block.bytes.readUInt32LE(at + 16) +
      block.bytes.readUInt32LE(at + 20);
    if (this.#oldest < block.used) return;
    this.#order.shift();
    this.#blocks[number] = null;
    this.#free.push(number);
    this.#blockBytes -= block.bytes.length;
    this.#oldest = 0;
    if (block.bytes.length === BLOCK_BYTES) this.#spare = block.bytes;
    if (this.#size === 0) this.#slots = new Int32Array(FIRST_SLOTS);
  }

  /** The number of a block with that many bytes left. */
  #blockFor(bytes: number): number {
    const latest = this.#order.at(-1) ?? -1;
    const block = this.#blocks[latest] ?? null;
    if (block !== null && block.used + bytes <= block.bytes.length) return latest;
    const number = this.#free.pop() ?? this.#blocks.length;
    const fresh = this.#newBytes(bytes);
    this.#blocks[number] = { bytes: fresh, used: 0 };
    this.#blockBytes += fresh.length;
    this.#order.push(number);
    return number;
  }

  #newBytes(bytes: number): Buffer {
    if (bytes > BLOCK_BYTES) return Buffer.allocUnsafeSlow(bytes);
    const spare = this.#spare;
    this.#spare = null;
    return spare ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
  }

  /** FNV-1a over the characters, from a secret start, mixed once more at the end. */
  #hash(key: string): number {
    let hash = this.#seed;
    for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x0100_0193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
    return hash ^ (hash >>> 13);
  }

  #slotOf(key: string): number {
    const slots = this.#slots;
    const hash = this.#hash(key);
    for (let slot = hash & (slots.length - 1); ; slot = (slot + 1) & (slots.length - 1)) {
      const place = slots[slot]! - 1;
      if (place < 0) return -1;
      if (this.#hasKey(place, hash, key)) return slot;
    }
  }

  #hasKey(place: number, hash: number, key: string): boolean {
    const { bytes } = this.#blocks[Math.floor(place / BLOCK_BYTES)]!;
    const at = place % BLOCK_BYTES;
    if (bytes.readInt32LE(at + 8) !== hash) return false;
    const length = bytes.readUInt32LE(at + 12);
    const keyAt = at + HEADER_BYTES;
    return length === key.length && bytes.toString('latin1', keyAt, keyAt + length) === key;
  }

  #insert(hash: number, place: number): void {
    const slots = this.#slots;
    let slot = hash & (slots.length - 1);
    while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = place + 1;
  }

  /** Takes a place out and closes the gap, so that no search ends before its time. */
  #remove(hash: number, place: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let gap = hash & mask;
    while (slots[gap] !== place + 1) gap = (gap + 1) & mask;
    for (let next = (gap + 1) & mask; slots[next] !== 0; next = (next + 1) & mask) {
      const home = this.#hashAt(slots[next]! - 1) & mask;
      // May this one stand at the gap? Only when its home is not between the gap and it.
      if (((next - home) & mask) < ((next - gap) & mask)) continue;
      slots[gap] = slots[next]!;
      gap = next;
    }
    slots[gap] = 0;
  }

  #hashAt(place: number): number {
    const { bytes } = this.#blocks[Math.floor(place / BLOCK_BYTES)]!;
    return bytes.readInt32LE((place % BLOCK_BYTES) + 8);
  }

  #resize(length: number): void {
    const before = this.#slots;
    this.#slots = new Int32Array(length);
    for (const place of before) if (place !== 0) this.#insert(this.#hashAt(place - 1), place - 1);
  }
}
