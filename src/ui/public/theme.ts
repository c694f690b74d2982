import { contrast, readColor, type Color } from './color.ts';
import { el } from './dom.ts';

/** What WCAG asks of texts. */
const ENOUGH = 4.5;
const BLACK: Color = [0, 0, 0];
const WHITE: Color = [255, 255, 255];

/**
 * Takes the colour of the buttons of the Homebridge UI, which its user has chosen, for our own, as far as
 * they can be read in it; the style sheet has colours for where they cannot.
 */
export function takeThemeColor(root: HTMLElement): void {
  const probe = el('button', { type: 'button', class: 'btn btn-primary', hidden: true });
  document.body.append(probe);
  const accent = readColor(getComputedStyle(probe).backgroundColor);
  probe.remove();
  const back = readColor(getComputedStyle(document.body).backgroundColor);
  if (!accent || !back) return;
  const text = contrast(accent, WHITE) >= contrast(accent, BLACK) ? WHITE : BLACK;
  if (contrast(accent, text) >= ENOUGH && contrast(accent, back) >= 2) {
    root.style.setProperty('--gh-accent', css(accent));
    root.style.setProperty('--gh-accent-text', css(text));
  }
  if (contrast(accent, back) >= ENOUGH + 0.5) root.style.setProperty('--gh-link', css(accent));
}

function css(color: Color): string {
  return `rgb(${color.join(' ')})`;
}
