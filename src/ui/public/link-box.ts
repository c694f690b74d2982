import { button, el, fill, svg } from './dom.ts';
import { t } from './language.ts';
import { copyText } from './messages.ts';

const SCHEME = 'teamviewerapi:';
/** White around the code, in its own units, without which readers do not see it. */
const QUIET = 4;

/** A link for one connection: shown once, and gone for good when it is cleared. */
export class LinkBox {
  readonly element = el('div', { class: 'gh-once', hidden: true });

  show(name: string, link: string): void {
    const copied = el('span', { class: 'gh-help', 'aria-live': 'polite' });
    const code = el('textarea', {
      class: 'gh-input gh-code',
      rows: 3,
      readonly: true,
      'aria-label': t('support.link.title', { name }),
    });
    code.value = link;
    const copy = async (): Promise<void> => {
      fill(copied, t((await copyText(link)) ? 'copied' : 'copy-failed'));
    };
    const qr = el('div', { class: 'gh-qr' });
    fill(
      this.element,
      el('h4', { tabindex: -1 }, t('support.link.title', { name })),
      el('p', {}, t('support.link.text')),
      code,
      el(
        'div',
        { class: 'gh-actions' },
        isOurs(link) &&
          el(
            'a',
            { class: 'gh-button gh-primary', href: link, target: '_blank', rel: 'noopener noreferrer' },
            t('support.link.open'),
          ),
        button({ text: t('copy'), onClick: () => void copy() }),
        button({ text: t('support.link.gone'), onClick: () => this.clear() }),
        copied,
      ),
      qr,
    );
    this.element.hidden = false;
    this.element.querySelector('h4')?.focus();
    void qrCode(link).then((picture) => {
      if (code.isConnected) fill(qr, picture);
    });
  }

  clear(): void {
    fill(this.element);
    this.element.hidden = true;
  }
}

/** What a server sends as a link must not be able to be anything else, a script for example. */
function isOurs(link: string): boolean {
  return link.toLowerCase().startsWith(SCHEME);
}

/** Loaded when it is needed: few people make links. */
async function qrCode(text: string): Promise<SVGSVGElement> {
  const { encode } = await import('uqr');
  const { data, size } = encode(text, { ecc: 'L', border: 0 });
  const path = data
    .flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x + QUIET} ${y + QUIET}h1v1h-1z`] : [])))
    .join('');
  const whole = size + 2 * QUIET;
  return svg(
    'svg',
    { viewBox: `0 0 ${whole} ${whole}`, role: 'img', 'aria-label': t('support.link.qr') },
    svg('rect', { width: whole, height: whole, fill: '#fff' }),
    svg('path', { d: path, fill: '#000' }),
  );
}
