// Reads the facts of a span page by page and lets everything else go on between two pages, so that
// a report over a million callbacks holds nobody up. PURE.
import type { CallbackFact } from './facts.ts';
import { offersReport, PunctualityReport, SummaryReport } from './reports.ts';
import type { OffersRow, PunctualityRow, ReportOptions, SummaryRow } from './reports.ts';
import type { FactCursor, Keeping } from './store/keeping.ts';

/** Facts of one page: a few milliseconds. */
const pageSize = 2_000;

/** From (inclusive) to (exclusive), by the time of completion. */
export interface ReportSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ReportingDeps {
  readonly keeping: Pick<Keeping, 'facts' | 'offers'>;
  /** Lets everything else go on. */
  readonly pause: () => Promise<void>;
}

export class Reporting {
  readonly #deps: ReportingDeps;

  constructor(deps: ReportingDeps) {
    this.#deps = deps;
  }

  async summary(span: ReportSpan, options: ReportOptions): Promise<readonly SummaryRow[]> {
    const report = new SummaryReport(options);
    await this.#each(span, (fact) => report.add(fact));
    return report.rows();
  }

  async punctuality(span: ReportSpan, options: ReportOptions): Promise<readonly PunctualityRow[]> {
    const report = new PunctualityReport(options);
    await this.#each(span, (fact) => report.add(fact));
    return report.rows();
  }

  offers({ fromMs, toMs }: ReportSpan, options: ReportOptions): readonly OffersRow[] {
    return offersReport(this.#deps.keeping.offers(fromMs, toMs), options);
  }

  /** One page of single callbacks after a cursor. */
  detail(
    { fromMs, toMs }: ReportSpan,
    after: FactCursor | null,
    limit: number,
  ): readonly CallbackFact[] {
    return this.#deps.keeping.facts(after ?? { completedAtMs: fromMs, id: '' }, toMs, limit);
  }

  async #each({ fromMs, toMs }: ReportSpan, visit: (fact: CallbackFact) => void): Promise<void> {
    let after: FactCursor = { completedAtMs: fromMs, id: '' };
    for (;;) {
      const facts = this.#deps.keeping.facts(after, toMs, pageSize);
      for (const fact of facts) visit(fact);
      const last = facts.at(-1);
      if (last === undefined || facts.length < pageSize) return;
      after = last;
      await this.#deps.pause();
    }
  }
}
