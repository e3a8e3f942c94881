// Mobile or fixed, by the numbering plan: people answer the two at other hours. PURE.
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { NumberKind } from '../routing/index.ts';

/** Where a plan does not tell the two apart, as in North America, the kind is not known. */
export function numberKindOf(customerNumber: string): NumberKind {
  switch (parsePhoneNumberFromString(customerNumber)?.getType()) {
    case 'MOBILE':
      return 'mobile';
    case 'FIXED_LINE':
      return 'fixed';
    default:
      return 'unknown';
  }
}
