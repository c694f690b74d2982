/** The one place of the page in which time passes. All times are in milliseconds. */
export function after(delay: number, callback: () => void): () => void {
  const timer = setTimeout(callback, delay);
  return () => clearTimeout(timer);
}

/** Wall time. */
export function now(): number {
  return Date.now();
}

/** A function that does its work once, so long after it was last called. */
export function settled(delay: number, work: () => void): () => void {
  let cancel: (() => void) | undefined;
  return () => {
    cancel?.();
    cancel = after(delay, work);
  };
}
