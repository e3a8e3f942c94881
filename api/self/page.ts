// The page for customers as plain HTML: forms, labels, no script, nothing from anywhere else. PURE.
import type { CustomerView } from './description.ts';
import type { LinkAction } from './links.ts';
import type { Words } from './words.ts';

/** The style sheet, which the policy of the page names by its hash. */
export const STYLE = `
body{font:1.125rem/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;
padding:0 1rem;color:#1a1a1a;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}
label{display:block;font-weight:600}
input{font:inherit;padding:.5rem;border:2px solid #555;border-radius:.25rem;width:100%;
box-sizing:border-box}
button{font:inherit;padding:.6rem 1.2rem;margin-top:.75rem;border:2px solid #0b4f8a;
border-radius:.25rem;background:#0b4f8a;color:#fff}
button.end{background:#fff;color:#9c1c1c;border-color:#9c1c1c}
:focus-visible{outline:3px solid #e07b00;outline-offset:2px}
.hint{color:#444;margin:.25rem 0}
.said{border-left:.4rem solid #0b4f8a;padding:.5rem 1rem;background:#eef5fb}
a{color:#0b4f8a}
`;

/** @param said result of what was asked; null: nothing was */
export function customerPage(
  view: CustomerView,
  { lang, words, base }: { lang: string; words: Words; base: string },
): string {
  const may = (action: LinkAction): boolean =>
    view.actions.includes(action) && view.state !== 'calling';
  const parts = [
    `<p>${text(stateText(view, lang, words))}</p>`,
    view.position === null ? '' : `<p>${text(words.place(view.position))}</p>`,
    view.waitSeconds === null
      ? ''
      : `<p>${text(words.wait(Math.max(1, Math.ceil(view.waitSeconds / 60))))}</p>`,
    view.promised === null ? '' : `<p>${text(promisedText(view.promised, view, lang, words))}</p>`,
    `<p>${text(words.number(view.customerNumber))}</p>`,
    may('move') ? moveForm(view, words, base) : '',
    may('change-number') ? numberForm(words, base) : '',
    view.actions.includes('cancel')
      ? `<h2>${text(words.cancel)}</h2><form method="post" action="${base}/cancel">` +
        `<button class="end">${text(words.cancelButton)}</button></form>`
      : '',
  ];
  return page(lang, words.title, parts.filter(Boolean).join('\n'));
}

/** One sentence, and the way back unless there is none. */
export function answerPage(lang: string, words: Words, said: string, back: string | null): string {
  const link = back === null ? '' : `\n<p><a href="${back}">${text(words.back)}</a></p>`;
  return page(lang, words.title, `<p class="said" role="status">${text(said)}</p>${link}`);
}

function moveForm({ timeZone }: CustomerView, words: Words, base: string): string {
  return (
    `<h2>${text(words.move)}</h2><form method="post" action="${base}/move">` +
    `<label for="time">${text(words.newTime)}</label>` +
    `<p class="hint" id="time-hint">${text(words.timeHint(timeZone))}</p>` +
    `<input id="time" name="localTime" type="datetime-local" aria-describedby="time-hint">` +
    `<button>${text(words.moveButton)}</button></form>`
  );
}

function numberForm(words: Words, base: string): string {
  return (
    `<h2>${text(words.changeNumber)}</h2><form method="post" action="${base}/number">` +
    `<label for="number">${text(words.newNumber)}</label>` +
    `<p class="hint" id="number-hint">${text(words.numberHint)}</p>` +
    `<input id="number" name="customerNumber" type="tel" autocomplete="tel" required ` +
    `aria-describedby="number-hint"><button>${text(words.numberButton)}</button></form>`
  );
}

function stateText({ state, desiredTime, timeZone }: CustomerView, lang: string, words: Words) {
  if (state === 'calling') return words.busy;
  if (desiredTime === null) return words.soon;
  const options = { dateStyle: 'full', timeStyle: 'short', timeZone } as const;
  return words.scheduled(new Intl.DateTimeFormat(lang, options).format(new Date(desiredTime)));
}

function promisedText(
  { from, to }: NonNullable<CustomerView['promised']>,
  { timeZone }: CustomerView,
  lang: string,
  words: Words,
): string {
  const format = new Intl.DateTimeFormat(lang, { timeStyle: 'short', timeZone });
  return words.promised(format.format(new Date(from)), format.format(new Date(to)), timeZone);
}

function page(lang: string, title: string, body: string): string {
  return `<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8"><title>${text(title)}</title>
<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
<style>${STYLE}</style></head>
<body><main><h1>${text(title)}</h1>
${body}
</main></body></html>
`;
}

function text(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
