// Names that must be unique among their like. PURE.
import type { ConfigIssue, Path } from './issues.ts';

/** One finding for every item whose key an earlier one has. */
export function repeated<T>(
  items: readonly T[],
  key: (item: T) => string,
  path: Path,
  field: string,
): ConfigIssue[] {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    const value = key(item);
    if (!seen.has(value)) {
      seen.add(value);
      return [];
    }
    return [{ path: [...path, index, field], message: `is "${value}", which is taken already` }];
  });
}
