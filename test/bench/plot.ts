export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
  /** Where the y of single repeats lie. */
  readonly low: number;
  readonly high: number;
}

export interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
}

const WIDTH = 640;
const HEIGHT = 360;
const LEFT = 70;
const RIGHT = 20;
const TOP = 46;
const BOTTOM = 56;

/** To be told apart on white and on black, by eyes of every kind, with a shape of their own besides. */
const COLOURS = ['#8a8a8a', '#0a84d0', '#d0700a'];
/** Readable on white and on black. */
const INK = '#808080';

/** A line plot as SVG: both axes from 0, a mark for each median and a whisker for its spread. */
export function plot({ title, x, y, series }: Plot): string {
  const points = series.flatMap((each) => each.points);
  const xTicks = ticks(Math.max(1, ...points.map((point) => point.x)));
  const yTicks = ticks(Math.max(1, ...points.map((point) => point.high)));
  const atX = (value: number): number => round(LEFT + (value / xTicks.at(-1)!) * (WIDTH - LEFT - RIGHT));
  const atY = (value: number): number =>
    round(HEIGHT - BOTTOM - (value / yTicks.at(-1)!) * (HEIGHT - TOP - BOTTOM));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13" fill="${INK}">`,
    `<title>${escape(title)}</title>`,
    ...yTicks.flatMap((value) => [
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${atY(value)}" y2="${atY(value)}" stroke="${INK}" stroke-opacity="${value === 0 ? 1 : 0.25}"/>`,
      text(LEFT - 8, atY(value) + 4, String(value), 'end'),
    ]),
    ...xTicks.map((value) => text(atX(value), HEIGHT - BOTTOM + 20, String(value), 'middle')),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, x, 'middle'),
    `<text transform="translate(18 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${escape(y)}</text>`,
    ...series.flatMap((each, index) => drawn(each, index, atX, atY)),
    '</svg>',
    '',
  ].join('\n');
}

type Scale = (value: number) => number;

function drawn({ name, points }: Series, index: number, atX: Scale, atY: Scale): string[] {
  const colour = COLOURS[index % COLOURS.length]!;
  const line = points.map((point) => `${atX(point.x)},${atY(point.y)}`).join(' ');
  const legendX = LEFT + 14 + index * 190;
  return [
    `<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...points.flatMap((point) => [
      `<line x1="${atX(point.x)}" x2="${atX(point.x)}" y1="${atY(point.low)}" y2="${atY(point.high)}" stroke="${colour}" stroke-width="1.5"/>`,
      mark(index, atX(point.x), atY(point.y), colour),
    ]),
    mark(index, legendX, TOP - 22, colour),
    text(legendX + 12, TOP - 18, name, 'start'),
  ];
}

/** Circles, squares and diamonds. */
function mark(index: number, x: number, y: number, colour: string): string {
  if (index % 3 === 0) return `<circle cx="${x}" cy="${y}" r="5" fill="${colour}"/>`;
  const turned = index % 3 === 2 ? ` transform="rotate(45 ${x} ${y})"` : '';
  return `<rect x="${round(x - 4.5)}" y="${round(y - 4.5)}" width="9" height="9" fill="${colour}"${turned}/>`;
}

/** From 0 to at least `most`, in four to eight steps of 1, 2 or 5 times a power of ten. */
export function ticks(most: number): number[] {
  const power = 10 ** Math.floor(Math.log10(most / 4));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => most / size <= 8) ?? most;
  const count = Math.ceil(most / step);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(6)));
}

function text(x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escape(content)}</text>`;
}

function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
