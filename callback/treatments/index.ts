// The face of treatments for the rules of callbacks and of callers on the line.
export type { Note, Outcome, Said, Script, TreatmentEvent, TreatmentState } from './script.ts';
export { beginTreatment, promptHeard, stepTreatment } from './treatment.ts';
export * from './built-in.ts';
