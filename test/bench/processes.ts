import { Child } from '../helpers/child.ts';
import type { Address } from './floor-session.ts';
import type { LeanAnswer, LeanCommand, LeanListening } from './lean-device.ts';
import type { ClientAnswer, ClientCommand } from './library-client.ts';
import type { LibraryName } from './library-contenders.ts';

/** Connecting 10,000 sessions takes its time on a slow machine. */
const PATIENCE = { within: 180_000 };

const script = (name: string): string => new URL(name, import.meta.url).pathname;

/** A process that gets commands on its input and answers each by a message with its name. */
class Helper<Command extends { readonly do: string }, Answer extends { readonly to: string }> {
  protected readonly child: Child;

  protected constructor(child: Child) {
    this.child = child;
  }

  async ask(command: Command): Promise<Answer> {
    const since = this.child.messages.mark();
    this.child.say(JSON.stringify(command));
    const isAnswer = (message: unknown): boolean => (message as Answer).to === command.do;
    return (await this.child.messages.waitFor(command.do, isAnswer, { since, ...PATIENCE })) as Answer;
  }

  async stop(): Promise<void> {
    await this.child.stop('SIGKILL');
    const said = this.child.lines.since(0).filter(({ from }) => from === 'stderr');
    if (said.length > 0) throw new Error(`${this.child.name}: ${said.map(({ text }) => text).join('\n')}`);
  }
}

/** See lean-device.ts. */
export class LeanDevices extends Helper<LeanCommand, LeanAnswer> {
  readonly addresses: readonly Address[];

  private constructor(child: Child, { ports, secretKey, authKey }: LeanListening) {
    super(child);
    this.addresses = ports.map((port) => ({ host: '127.0.0.1', port, secretKey, authKey }));
  }

  static async start(count = 1): Promise<LeanDevices> {
    const child = new Child({ name: 'lean devices', args: [script('lean-device.ts'), String(count)] });
    const first = await child.messages.waitFor('its ports', () => true, PATIENCE);
    return new LeanDevices(child, first as LeanListening);
  }
}

/** See library-client.ts. */
export class LibraryClient extends Helper<ClientCommand, ClientAnswer> {
  static async start(name: LibraryName, dist: string): Promise<LibraryClient> {
    const args = ['--expose-gc', script('library-client.ts'), name, dist];
    const child = new Child({ name, args });
    await child.messages.waitFor('its start', () => true, PATIENCE);
    return new LibraryClient(child);
  }

  /** The milliseconds, bytes or time that the answer to a command is. */
  async value(command: ClientCommand): Promise<number> {
    return (await this.ask(command)).value;
  }
}
