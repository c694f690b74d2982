import { expect } from 'vitest';
import { openPayload } from '../../src/simulator/cipher.ts';
import { STAGES, type Attack, type Salvo, type Stage } from './attacks.ts';
import {
  AUTH_KEY,
  challenge,
  HostilePeer,
  QUERY_ID,
  sealed,
  SERVER_HELLO,
  SESSION_KEY,
  type Conversation,
} from './hostile-peer.ts';
import { Victim } from './victim.ts';

/** One client after the other, each led as far into its session as an attack wants it. */
export class Siege {
  readonly peer: HostilePeer;
  readonly victim: Victim;
  /** What was sent so far that no honest device sends. */
  shots = 0;
  #conversation: Conversation | undefined;
  #stage: Stage = 'hello';
  #ended = 0;
  /** What the device counts. */
  #cnt = 0;
  /** What the client may have sent by now. */
  #expected = 0;

  private constructor(peer: HostilePeer) {
    this.peer = peer;
    this.victim = new Victim(peer);
  }

  static async lay(): Promise<Siege> {
    return new Siege(await HostilePeer.open());
  }

  /** Ends everything; nothing of the victim may be left. */
  async lift(): Promise<void> {
    await this.victim.stop();
    await this.peer.close();
    expect(this.victim.clock.pending).toBe(0);
  }

  /** Strikes, and sees to it that what must happen happens, and nothing else. */
  async strike({ stage, attacks }: Salvo): Promise<void> {
    const conversation = await this.reach(stage);
    const before = this.#seen();
    const { verdict } = attacks.at(-1)!;
    for (const attack of attacks) shoot(conversation, attack);
    this.shots += attacks.length;
    if (verdict === 'either') {
      await this.#over();
    } else {
      expect(await conversation.probe()).toBe(verdict === 'ignored' ? 'alive' : 'closed');
      expect(this.#seen()).toEqual(before);
      if (verdict === 'ignored') await this.goOn();
      else await this.#down();
    }
    expect(conversation.received.length).toBe(this.#expected);
  }

  /** An answer to the upgrade that is none. */
  async refuse(answer: Buffer): Promise<void> {
    await this.#over();
    const before = this.#seen();
    this.peer.insteadOfUpgrade = answer;
    this.victim.goToNextAttempt();
    await this.#down();
    expect(this.#seen()).toEqual(before);
  }

  /** Leads a client to this stage; the one that is there, where it is not past it. */
  async reach(stage: Stage): Promise<Conversation> {
    if (STAGES.indexOf(stage) < STAGES.indexOf(this.#stage)) await this.#over();
    this.#conversation ??= await this.#accept();
    while (this.#stage !== stage) await this.#advance();
    return this.#conversation;
  }

  async #accept(): Promise<Conversation> {
    this.victim.goToNextAttempt();
    const conversation = await this.peer.accept();
    await conversation.heard(1);
    this.#stage = 'hello';
    this.#expected = 1;
    expect(conversation.received).toEqual(['{"type":"HELLO"}']);
    return conversation;
  }

  /** Says what a good device says next. */
  async #advance(): Promise<void> {
    const conversation = this.#conversation!;
    switch (this.#stage) {
      case 'hello':
        conversation.send(SERVER_HELLO);
        await conversation.heard((this.#expected = 2));
        expect(conversation.received[1]).toBe('{"type":"AUTH"}');
        this.#stage = 'challenge';
        return;
      case 'challenge':
        conversation.send(challenge());
        await conversation.heard((this.#expected = 3));
        expect(openPayload(JSON.parse(conversation.received[2]!), SESSION_KEY, AUTH_KEY)).toEqual({
          action: { type: 'QUERY', id: QUERY_ID },
        });
        this.#stage = 'verifying';
        return;
      default:
        conversation.send(sealed({ response: this.#response() }));
        await this.victim.until(() => this.victim.link.state === 'ready');
        this.#stage = 'ready';
    }
  }

  /** The session must be as good as it was: finishes the handshake, and has an event heard. */
  async goOn(): Promise<void> {
    while (this.#stage !== 'ready') await this.#advance();
    const heard = this.victim.events.length;
    const t100ms = this.#ticks();
    this.#cnt += 1;
    const event = { cnt: this.#cnt, type: 'ManualButtonPushed', state: 'closed', t100ms };
    this.#conversation!.send(sealed({ event }));
    await this.victim.until(() => this.victim.events.length > heard);
    expect(this.victim.events.slice(heard).map((each) => each.event)).toEqual([event]);
  }

  /** Ends the conversation from this side, if there is one. */
  async #over(): Promise<void> {
    if (!this.#conversation) return;
    await this.#conversation.end();
    await this.#down();
  }

  async #down(): Promise<void> {
    this.#ended += 1;
    await this.victim.until(() => this.victim.downs >= this.#ended);
    expect(this.victim.downs).toBe(this.#ended);
    this.#conversation = undefined;
    this.#stage = 'hello';
  }

  #response(): object {
    return {
      type: 'QUERY',
      id: QUERY_ID,
      success: true,
      state: 'closed',
      t100ms: this.#ticks(),
      relayTriggered: false,
      errorCode: '',
    };
  }

  /** A device that was started when the clock was. */
  #ticks(): number {
    return Math.round(this.victim.clock.monotonic() / 100);
  }

  #seen(): object {
    return {
      reports: this.victim.reports.length,
      events: this.victim.events.length,
      view: this.victim.door.view,
    };
  }
}

/** Sends what an attack consists of. */
export function shoot(conversation: Conversation, { shot }: Attack): void {
  if ('text' in shot) conversation.send(shot.text);
  else if ('binary' in shot) conversation.send(shot.binary, { binary: true });
  else if ('raw' in shot) conversation.raw(shot.raw);
  else if ('ping' in shot) conversation.ping(shot.ping);
  else if ('pong' in shot) conversation.pong(shot.pong);
  else {
    shot.pieces.forEach((piece, index) =>
      conversation.send(piece, { fin: index === shot.pieces.length - 1 }),
    );
  }
}
