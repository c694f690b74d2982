/** Red, green and blue, 0 to 255. */
export type Color = readonly [number, number, number];

const BLACK: Color = [0, 0, 0];
const WHITE: Color = [255, 255, 255];

/** A colour as `getComputedStyle` gives it; undefined for what can be seen through or is none. */
export function readColor(text: string): Color | undefined {
  const match = /^rgba?\((\d+(?:\.\d+)?)[, ]+(\d+(?:\.\d+)?)[, ]+(\d+(?:\.\d+)?)(?:[,/ ]+([\d.]+))?\)$/.exec(
    text,
  );
  if (!match || (match[4] !== undefined && Number(match[4]) < 1)) return undefined;
  return [Number(match[1]), Number(match[2]), Number(match[3])];
}

/**
 * The colour, made lighter on a dark background and darker on a light one until it can be read there.
 * @param enough the contrast that is wanted.
 */
export function readableOn(back: Color, color: Color, enough: number): Color {
  const goal = contrast(back, WHITE) > contrast(back, BLACK) ? WHITE : BLACK;
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mix(color, goal, share);
    if (contrast(mixed, back) >= enough) return mixed;
  }
  return goal;
}

/** Black or white, whichever can be read better on the colour. */
export function textOn(color: Color): Color {
  return contrast(color, WHITE) >= contrast(color, BLACK) ? WHITE : BLACK;
}

/** How well one can be read on the other, from 1 to 21, as WCAG 2 counts it. */
export function contrast(a: Color, b: Color): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((one, other) => one - other);
  return (light + 0.05) / (dark + 0.05);
}

function mix(from: Color, to: Color, share: number): Color {
  const part = (index: 0 | 1 | 2): number => Math.round(from[index] + (to[index] - from[index]) * share);
  return [part(0), part(1), part(2)];
}

function luminance(color: Color): number {
  const [red = 0, green = 0, blue = 0] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
