// Session keys out of a master key, and the two primitives they serve: counter mode encryption and
// authentication. RFC 3711 s.4.1.1 (AES-CM), s.4.2.1 (HMAC-SHA1), s.4.3 (derivation, rate 0).
import { createCipheriv, createHmac, createSecretKey } from 'node:crypto';
import type { Cipheriv, KeyObject } from 'node:crypto';

const KEY_BYTES = 16;
const SALT_BYTES = 14;
const AUTH_KEY_BYTES = 20;
const BLOCK_BYTES = 16;
/** Longest packet, in blocks. */
const MAX_BLOCKS = 96;
/** Where the label stands in the 112 bits that are exclusive-ored with the salt. */
const LABEL_AT = 7;

/** First label of each kind: encryption, then authentication, then salt. */
const LABELS = { rtp: 0, rtcp: 3 } as const;

/** Scratch of the thread. */
const counters = Buffer.alloc(MAX_BLOCKS * BLOCK_BYTES);
const indexBytes = Buffer.alloc(4);

/** One session key by its label. @param master 16 bytes of key and 14 of salt */
export function deriveKey(master: Buffer, label: number, bytes: number): Buffer {
  const iv = Buffer.alloc(BLOCK_BYTES);
  master.copy(iv, 0, KEY_BYTES, KEY_BYTES + SALT_BYTES);
  iv[LABEL_AT] = (iv[LABEL_AT] ?? 0) ^ label;
  const cipher = createCipheriv('aes-128-ctr', master.subarray(0, KEY_BYTES), iv);
  return cipher.update(Buffer.alloc(bytes));
}

/** The keys of one direction, for RTP or for RTCP. */
export class SessionKeys {
  /** AES on single blocks, kept open: a new cipher for each packet would cost far more. */
  readonly #aes: Cipheriv;
  readonly #salt: Buffer;
  readonly #authKey: KeyObject;

  /** @param master 30 bytes */
  constructor(master: Buffer, kind: keyof typeof LABELS) {
    const label = LABELS[kind];
    this.#aes = createCipheriv('aes-128-ecb', deriveKey(master, label, KEY_BYTES), null);
    this.#aes.setAutoPadding(false);
    this.#authKey = createSecretKey(deriveKey(master, label + 1, AUTH_KEY_BYTES));
    this.#salt = deriveKey(master, label + 2, SALT_BYTES);
  }

  /** Encrypts or decrypts bytes [start, end) in place. @param index packet index, up to 48 bits */
  crypt(packet: Buffer, start: number, end: number, ssrc: number, index: number): void {
    const blocks = Math.ceil((end - start) / BLOCK_BYTES);
    if (blocks <= 0 || blocks > MAX_BLOCKS) return;
    const salt = this.#salt;
    for (let block = 0; block < blocks; block++) {
      const at = block * BLOCK_BYTES;
      salt.copy(counters, at);
      xor32(counters, at + 4, ssrc);
      xor16(counters, at + 8, Math.floor(index / 2 ** 32));
      xor32(counters, at + 10, index % 2 ** 32);
      counters.writeUInt16BE(block, at + 14);
    }
    const keystream = this.#aes.update(counters.subarray(0, blocks * BLOCK_BYTES));
    for (let i = start; i < end; i++) packet[i] = (packet[i] ?? 0) ^ (keystream[i - start] ?? 0);
  }

  /**
   * The tag over the first `length` bytes of a packet.
   * @param rollover RTP's rollover counter, not sent but authenticated; null for RTCP
   */
  tag(packet: Buffer, length: number, rollover: number | null): Buffer {
    const hmac = createHmac('sha1', this.#authKey).update(packet.subarray(0, length));
    if (rollover !== null) {
      indexBytes.writeUInt32BE(rollover, 0);
      hmac.update(indexBytes);
    }
    return hmac.digest();
  }
}

function xor32(into: Buffer, at: number, value: number): void {
  into.writeUInt32BE((into.readUInt32BE(at) ^ value) >>> 0, at);
}

function xor16(into: Buffer, at: number, value: number): void {
  into.writeUInt16BE(into.readUInt16BE(at) ^ (value & 0xffff), at);
}

/** Compares a tag with the bytes of a packet in constant time. */
export function sameTag(tag: Buffer, packet: Buffer, at: number, bytes: number): boolean {
  let difference = 0;
  for (let i = 0; i < bytes; i++) difference |= (tag[i] ?? 0) ^ (packet[at + i] ?? 0);
  return difference === 0;
}
