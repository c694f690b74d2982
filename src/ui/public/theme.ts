import { contrast, readableOn, readColor, textOn, type Color } from './color.ts';
import { el } from './dom.ts';

/** What WCAG asks of texts, and a little more: boxes are not quite as light or dark as the page. */
const TEXT = 5.5;
/** What it asks of everything else that must be seen. */
const SHAPE = 2;

/**
 * Takes the colour of the buttons of the Homebridge UI, which its user has chosen, for our own. What is in
 * the style sheet stays where there is none.
 */
export function takeThemeColor(root: HTMLElement): void {
  const probe = el('button', { type: 'button', class: 'btn btn-primary', hidden: true });
  document.body.append(probe);
  const theme = readColor(getComputedStyle(probe).backgroundColor);
  probe.remove();
  const back = readColor(getComputedStyle(document.body).backgroundColor);
  if (!theme || !back) return;
  const accent = readableOn(textOn(theme), readableOn(back, theme, SHAPE), TEXT);
  root.style.setProperty('--gh-accent', css(contrast(accent, back) < SHAPE ? theme : accent));
  root.style.setProperty('--gh-accent-text', css(textOn(accent)));
  root.style.setProperty('--gh-link', css(readableOn(back, theme, TEXT)));
}

function css(color: Color): string {
  return `rgb(${color.join(' ')})`;
}
