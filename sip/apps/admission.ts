// The gate in front of the handlers of new requests: what the rule refuses they never see.
import { refusalOf } from './admission-rules.ts';
import type { SrfHandler } from './srf.ts';

/** A handler that is only given requests we can serve. */
export function admitting(handler: SrfHandler): SrfHandler {
  return (req, res) => {
    const refusal = refusalOf({
      method: req.method,
      uri: req.uri,
      require: req.get('Require'),
      contentType: req.get('Content-Type'),
      contentEncoding: req.get('Content-Encoding'),
      contentDisposition: req.get('Content-Disposition'),
      accept: req.get('Accept'),
      hasBody: (req.body ?? '') !== '',
    });
    if (refusal === null) return handler(req, res);
    res.send(refusal.status, refusal.reason, { headers: { ...refusal.headers } });
  };
}
