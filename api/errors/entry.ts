// One line of the error catalogue. PURE.

export interface ErrorEntry {
  readonly code: string;
  /** HTTP status when it reaches an API client; 500 for errors that only a start can meet. */
  readonly status: number;
  readonly retryable: boolean;
  /** Meaning, the same for every occurrence: `title` of the problem. */
  readonly title: string;
  /** What to do about it. */
  readonly help: string;
}

/** A shorter way to write a list of them. */
export function entry(
  code: string,
  status: number,
  retryable: boolean,
  title: string,
  help: string,
): ErrorEntry {
  return { code, status, retryable, title, help };
}
