import { el, type Child } from './dom.ts';
import { messageOf, t } from './language.ts';

type Tone = 'good' | 'note' | 'careful' | 'bad';

/** A box with something to say. `alert`: a screen reader says it at once. */
export function messageBox(tone: Tone, ...children: readonly Child[]): HTMLElement {
  return el(
    'div',
    { class: `gh-message gh-${tone}`, role: tone === 'bad' ? 'alert' : 'status' },
    ...children,
  );
}

export function errorBox(error: unknown): HTMLElement {
  return messageBox('bad', el('strong', {}, t('error.title')), ' ', messageOf(error));
}

/** Copies a text. @returns whether the browser let us. */
export async function copyText(text: string): Promise<boolean> {
  try {
    // Not there where the Homebridge UI is reached by plain HTTP.
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const area = el('textarea', { class: 'gh-off-screen', 'aria-hidden': 'true', tabindex: -1 });
  area.value = text;
  document.body.append(area);
  area.select();
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way without HTTPS
    return document.execCommand('copy');
  } finally {
    area.remove();
  }
}
