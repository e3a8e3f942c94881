// One table of due times for any number of owners: a binary heap with one live entry per owner.
// Knows no clock; times are whatever the user counts in.

interface Entry {
  readonly dueMs: number;
  readonly id: string;
}

export class DueTimes {
  readonly #dueOf = new Map<string, number>();
  #heap: Entry[] = [];

  /** The owner's only due time; null: none. */
  set(id: string, dueMs: number | null): void {
    if (dueMs === null) {
      this.#dueOf.delete(id);
      return;
    }
    if (this.#dueOf.get(id) === dueMs) return;
    this.#dueOf.set(id, dueMs);
    this.#push({ dueMs, id });
    if (this.#heap.length > 2 * this.#dueOf.size + 1000) this.#compact();
  }

  /** The earliest due time, or null. */
  next(): number | null {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (this.#dueOf.get(top.id) === top.dueMs) return top.dueMs;
      this.#pop();
    }
    return null;
  }

  /** Takes out every owner due at `nowMs`, earliest first. */
  takeDue(nowMs: number): string[] {
    const due: string[] = [];
    for (let nextMs = this.next(); nextMs !== null && nextMs <= nowMs; nextMs = this.next()) {
      const entry = this.#pop();
      if (entry === undefined) break;
      this.#dueOf.delete(entry.id);
      due.push(entry.id);
    }
    return due;
  }

  /** Leaves out what was overwritten or removed since. */
  #compact(): void {
    const live = [...this.#dueOf].map(([id, dueMs]) => ({ dueMs, id }));
    this.#heap = live.sort((a, b) => a.dueMs - b.dueMs); // a sorted array is a heap
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || parent.dueMs <= entry.dueMs) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return top;
    let index = 0;
    for (;;) {
      const childIndex = this.#smallerChild(index);
      const child = heap[childIndex];
      if (child === undefined || child.dueMs >= last.dueMs) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
    return top;
  }

  #smallerChild(index: number): number {
    const left = this.#heap[2 * index + 1];
    const right = this.#heap[2 * index + 2];
    const takeRight = left !== undefined && right !== undefined && right.dueMs < left.dueMs;
    return 2 * index + (takeRight ? 2 : 1);
  }
}
