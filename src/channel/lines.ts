const NEWLINE = 0x0a;

/** Cuts a stream of bytes into lines, of which none may be longer than `longest` bytes. */
export class LineReader {
  readonly #longest: number;
  #pieces: Buffer[] = [];
  #length = 0;

  constructor(longest: number) {
    this.#longest = longest;
  }

  /** @returns the lines that end in this chunk, empty ones left out; undefined when one was too long. */
  push(chunk: Buffer): string[] | undefined {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      if (!this.#take(chunk.subarray(start, end))) return undefined;
      const line = Buffer.concat(this.#pieces).toString('utf8').trim();
      if (line !== '') lines.push(line);
      this.#pieces = [];
      this.#length = 0;
      start = end + 1;
    }
    return this.#take(chunk.subarray(start)) ? lines : undefined;
  }

  #take(piece: Buffer): boolean {
    this.#length += piece.length;
    if (this.#length > this.#longest) return false;
    if (piece.length > 0) this.#pieces.push(piece);
    return true;
  }
}
