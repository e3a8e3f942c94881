// The sum of what several legs' peers say. No allocation: it runs for every tick of who mixes.

/** What mixing needs of a leg: its peer's latest 20 ms, null while nothing is decoded there. */
export interface Voice {
  readonly hearing: { readonly frame: Int16Array | null };
}

/** Adds `more` to `into`, limited to 16 bits. */
export function addInto(into: Int16Array, more: Int16Array): void {
  for (let i = 0; i < into.length; i++) {
    const sum = (into[i] ?? 0) + (more[i] ?? 0);
    into[i] = sum > 32_767 ? 32_767 : sum < -32_768 ? -32_768 : sum;
  }
}

/** Fills `into` with the sum of all voices, limited to 16 bits. */
export function mixInto(into: Int16Array, voices: readonly Voice[]): void {
  for (let i = 0; i < into.length; i++) {
    let sum = 0;
    for (const voice of voices) sum += voice.hearing.frame?.[i] ?? 0;
    into[i] = sum > 32_767 ? 32_767 : sum < -32_768 ? -32_768 : sum;
  }
}
