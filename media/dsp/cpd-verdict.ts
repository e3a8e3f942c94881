// PURE. How verdicts are put into words: one place that builds them, so that confidence, times and
// evidence follow the same rules in both phases.
import type { CpdAnnouncement, CpdEvidence, CpdVerdict, CpdVerdictKind } from '../types.ts';
import type { CadenceTracker } from './cadence.ts';
import type { Ear } from './cpd-ear.ts';
import type { Sit } from './sit.ts';
import type { ProgressKind } from './tone-plan.ts';

/** A known recording is named when it has been heard for about so long. */
const ANNOUNCED_AFTER_MS = 1200;

/** A verdict with all that was heard and its own reason. */
export function verdictOf(
  ear: Ear,
  kind: CpdVerdictKind,
  confidence: number,
  reason: readonly CpdEvidence[],
): CpdVerdict {
  return {
    kind,
    confidence: Math.min(1, Math.max(0, confidence)),
    atMs: ear.nowMs,
    firstSoundAtMs: ear.firstSoundAtMs < 0 ? null : ear.firstSoundAtMs,
    evidence: ear.evidence.read(reason),
  };
}

/** One piece of evidence that ends now. */
export function reasonOf(
  ear: Ear,
  what: string,
  fromMs: number,
  measures: Readonly<Record<string, number>>,
): readonly CpdEvidence[] {
  return [{ what, fromMs: Math.max(0, fromMs), toMs: ear.nowMs, measures }];
}

/** What callers are told: a number that cannot be obtained is a SIT without words. */
const KINDS: Readonly<Record<ProgressKind, CpdVerdictKind>> = {
  ringback: 'ringback',
  busy: 'busy',
  reorder: 'reorder',
  unobtainable: 'sit',
};

/** The kind of verdict that a tone of the plan brings. */
export function kindOf(heard: CadenceTracker): CpdVerdictKind {
  return KINDS[heard.tone.kind];
}

/** Ringback, busy, reorder, number unobtainable; the purer the tone, the surer. */
export function progressVerdict(ear: Ear, heard: CadenceTracker): CpdVerdict {
  const { tone, share, levelDbov, onMs, offMs } = heard;
  const [lowHz = 0, highHz = lowHz] = tone.frequenciesHz;
  const measures = { lowHz, highHz, share, levelDbov, onMs, offMs };
  return verdictOf(ear, kindOf(heard), share, reasonOf(ear, tone.kind, heard.fromMs, measures));
}

/** A special information tone; `what` of the evidence names the reason, as `sit-intercept`. */
export function sitVerdict(ear: Ear, sit: Sit): CpdVerdict {
  const { fromMs, toMs, measures } = sit;
  const evidence = { what: `sit-${sit.reason}`, fromMs: Math.max(0, fromMs), toMs, measures };
  return verdictOf(ear, 'sit', sit.reason === 'other' ? 0.95 : 0.99, [evidence]);
}

/** A fax machine, calling (CNG) or answering (CED). */
export function faxVerdict(ear: Ear, tone: 'cng' | 'ced', confidence: number): CpdVerdict {
  const { fromMs, frequencyHz, share, levelDbov } =
    tone === 'ced' ? ear.lines.current : ear.lines.ended;
  const measures = { frequencyHz, share, levelDbov };
  return verdictOf(ear, 'fax', confidence, reasonOf(ear, `fax-${tone}`, fromMs, measures));
}

/** Music, or before the answer also an announcement. */
export function musicVerdict(ear: Ear, what: 'music' | 'announcement'): CpdVerdict {
  const { soundShare, steadyShare } = ear.music;
  const confidence = what === 'music' ? ear.music.confidence : 0.9;
  const measures = { soundShare, steadyShare, speechMs: ear.speechMs };
  return verdictOf(ear, 'music', confidence, reasonOf(ear, what, ear.firstSoundAtMs, measures));
}

/** A known recording is being heard; `what` names it, as `announcement-not-in-service`. */
export function announcedReason(ear: Ear, heard: CpdAnnouncement): readonly CpdEvidence[] {
  const what = `announcement-${heard.name}`;
  return reasonOf(ear, what, ear.nowMs - ANNOUNCED_AFTER_MS, {
    matchScore: ear.announcements.matchScore,
  });
}
