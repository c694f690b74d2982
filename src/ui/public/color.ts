/** Red, green and blue, 0 to 255. */
export type Color = readonly [number, number, number];

/** A colour as `getComputedStyle` gives it; undefined for what can be seen through or is none. */
export function readColor(text: string): Color | undefined {
  const match = /^rgba?\((\d+(?:\.\d+)?)[, ]+(\d+(?:\.\d+)?)[, ]+(\d+(?:\.\d+)?)(?:[,/ ]+([\d.]+))?\)$/.exec(
    text,
  );
  if (!match || (match[4] !== undefined && Number(match[4]) < 1)) return undefined;
  return [Number(match[1]), Number(match[2]), Number(match[3])];
}

/** How well one can be read on the other, from 1 to 21, as WCAG 2 counts it. */
export function contrast(a: Color, b: Color): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((one, other) => one - other);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: Color): number {
  const [red = 0, green = 0, blue = 0] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
