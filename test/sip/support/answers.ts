// An application that says 200 to every OPTIONS and REGISTER, and remembers them.
import type Srf from 'drachtio-srf';
import type { SrfRequest, SrfResponse } from 'drachtio-srf';

type Handler = (req: SrfRequest, res: SrfResponse) => void;

/** The requests seen so far, oldest first. */
export function answerAll(srf: Srf): readonly SrfRequest[] {
  const seen: SrfRequest[] = [];
  const routes = srf as unknown as Record<'register' | 'options', (handler: Handler) => void>;
  routes.options((req, res) => {
    seen.push(req);
    res.send(200);
  });
  routes.register((req, res) => {
    seen.push(req);
    res.send(200, { headers: { Contact: req.get('Contact') } });
  });
  return seen;
}
