import { svg, setAttributes } from './dom.ts';

export type GateState = 'open' | 'closed' | 'opening' | 'closing' | 'unknown';

/** A small picture of a gate that moves as the gate does; the style sheet has the movement. */
export class GateDrawing {
  readonly element: SVGSVGElement;

  constructor() {
    const lines = [22, 33, 44, 55, 66].map((y) => svg('line', { x1: 16, x2: 80, y1: y, y2: y }));
    const panel = svg(
      'g',
      { class: 'gh-gate-panel' },
      svg('rect', { x: 15, y: 11, width: 66, height: 64 }),
      ...lines,
    );
    const opening = svg('svg', { x: 15, y: 15, width: 66, height: 60, viewBox: '15 15 66 60' }, panel);
    this.element = svg(
      'svg',
      { class: 'gh-gate', viewBox: '0 0 96 84', role: 'img' },
      opening,
      svg('path', { class: 'gh-gate-frame', d: 'M11 76V18q0-7 7-7h60q7 0 7 7v58' }),
      svg('path', { class: 'gh-gate-ground', d: 'M3 77H93' }),
      svg('text', { class: 'gh-gate-question', x: 48, y: 58, 'text-anchor': 'middle' }, '?'),
    );
  }

  /** @param label what the picture shows, in words. */
  show(state: GateState, label: string): void {
    setAttributes(this.element, { 'data-state': state, 'aria-label': label });
  }
}
