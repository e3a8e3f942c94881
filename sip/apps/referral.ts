// A REFER that came in an answered call: read, handed to whoever decides, and reported on by NOTIFY
// for as long as the dialog stands. RFC 3515 s.2.4, RFC 6665 s.4.2, RFC 4488 (Refer-Sub).
import type { Referral, ReferRequest } from '../transfer-types.ts';
import { phrase } from './headers.ts';
import { readReferTo, referNotify } from './refer-rules.ts';
import type { HeaderRecord, SrfRequest, SrfResponse } from './srf.ts';

export interface ReferralParts {
  /** Whether a host and port lead to us. */
  readonly isOurs: (host: string, port: number | null) => boolean;
  /** Sends a NOTIFY in the dialog; never throws. */
  readonly notify: (headers: HeaderRecord, body: string) => void;
  /** True for all REFERs of the dialog but the first. */
  readonly isFurther: boolean;
  readonly referred: (request: ReferRequest) => void;
}

/** Answers one REFER: with an error at once, or as whoever listens decides. */
export function takeRefer(req: SrfRequest, res: SrfResponse, parts: ReferralParts): void {
  const reading = readReferTo(req.get('Refer-To'), parts.isOurs);
  if (reading.kind === 'refused') return res.send(reading.status, reading.reason, {});
  const wantsReports = !/^\s*false\b/i.test(req.get('Refer-Sub') ?? '');
  const id = parts.isFurther ? parseInt(req.get('CSeq') ?? '0', 10) : null;
  parts.referred({
    target: reading.target,
    referredBy: req.get('Referred-By') ?? null,
    accept(): Referral {
      res.send(202, { headers: wantsReports ? {} : { 'Refer-Sub': 'false' } });
      return reportsOf(wantsReports ? parts.notify : () => undefined, id);
    },
    reject: (status, reason) => res.send(status, phrase(reason), {}),
  });
}

function reportsOf(notify: ReferralParts['notify'], id: number | null): Referral {
  let last = 100;
  const report = (status: number, reason: string): void => {
    const { headers, body } = referNotify(id, status, reason);
    notify(headers, body);
  };
  report(100, 'Trying');
  return {
    progress(status, reason) {
      if (last >= 200 || status === last || status <= 100 || status >= 200) return;
      last = status;
      report(status, reason);
    },
    finish(status, reason) {
      if (last >= 200) return;
      last = status;
      report(status, reason);
    },
  };
}
