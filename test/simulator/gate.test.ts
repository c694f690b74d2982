import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Gate } from '../../src/simulator/gate.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

const SETTINGS = {
  state: 'closed',
  openTime: 10_000,
  closeTime: 20_000,
  sensorDelay: 1_000,
  pulseWhileMoving: 'stop',
} as const;

function gate(settings: Partial<ConstructorParameters<typeof Gate>[0]> = {}) {
  const clock = new FakeClock();
  const made = new Gate({ ...SETTINGS, ...settings }, clock);
  const contacts: string[] = [];
  const motions: string[] = [];
  made.contactChanged.on((contact) => contacts.push(contact));
  made.moved.on(({ motion }) => motions.push(motion));
  return { clock, gate: made, contacts, motions };
}

describe('the gate', () => {
  it('opens: the contact opens early, the end comes after the whole travel', async () => {
    const { gate: it_, clock, contacts } = gate();
    it_.pulse();
    await clock.advance(999);
    expect([it_.contact, it_.motion]).toEqual(['closed', 'opening']);
    await clock.advance(1);
    expect(it_.contact).toBe('open');
    await clock.advance(8_999);
    expect(it_.motion).toBe('opening');
    await clock.advance(1);
    expect(it_.view).toEqual({ position: 1, motion: 'stopped' });
    expect(contacts).toEqual(['open']);
    expect(clock.pending).toBe(0);
  });

  it('closes: the contact closes only at the end', async () => {
    const { gate: it_, clock, contacts, motions } = gate({ state: 'open' });
    it_.pulse();
    await clock.advance(19_999);
    expect([it_.contact, contacts]).toEqual(['open', []]);
    await clock.advance(1);
    expect(it_.view).toEqual({ position: 0, motion: 'stopped' });
    expect(contacts).toEqual(['closed']);
    expect(motions).toEqual(['closing', 'stopped']);
  });

  it('stops on a pulse in mid-travel, and goes back on the next one', async () => {
    const { gate: it_, clock, motions } = gate();
    it_.pulse();
    await clock.advance(5_000);
    it_.pulse();
    expect(it_.view).toEqual({ position: 0.5, motion: 'stopped' });
    await clock.advance(60_000);
    it_.pulse();
    expect(it_.motion).toBe('closing');
    await clock.advance(10_000);
    expect(it_.view).toEqual({ position: 0, motion: 'stopped' });
    expect(motions).toEqual(['opening', 'stopped', 'closing', 'stopped']);
  });

  it('turns round on a pulse in mid-travel where it is made so', async () => {
    const { gate: it_, clock, motions } = gate({ pulseWhileMoving: 'reverse' });
    it_.pulse();
    await clock.advance(5_000);
    it_.pulse();
    it_.pulse();
    await clock.advance(5_000);
    expect(motions).toEqual(['opening', 'closing', 'opening', 'stopped']);
    expect(it_.position).toBe(1);
  });

  it('tells nothing of a gate that turns round before the contact opened', async () => {
    const { gate: it_, clock, contacts } = gate({ pulseWhileMoving: 'reverse' });
    it_.pulse();
    await clock.advance(500);
    it_.pulse();
    await clock.advance(60_000);
    expect([it_.view, contacts]).toEqual([{ position: 0, motion: 'stopped' }, []]);
  });

  it('does not close past an obstacle, and does when it is gone', async () => {
    const { gate: it_, clock, contacts } = gate({ state: 'open' });
    it_.obstruct(true);
    expect(it_.obstructed).toBe(true);
    it_.close();
    await clock.advance(60_000);
    expect(it_.view).toEqual({ position: 0.5, motion: 'stopped' });
    it_.obstruct(false);
    it_.close();
    await clock.advance(10_000);
    expect([it_.position, contacts]).toEqual([0, ['closed']]);
  });

  it('stops at once for an obstacle that comes when it is past half-way', async () => {
    const { gate: it_, clock } = gate({ state: 'open' });
    it_.close();
    await clock.advance(15_000);
    it_.obstruct(true);
    await clock.advance(0);
    expect(it_.view).toEqual({ position: 0.25, motion: 'stopped' });
  });

  it('stays where it is when it is jammed', async () => {
    const { gate: it_, clock, motions } = gate();
    it_.jammed = true;
    it_.pulse();
    it_.open();
    await clock.advance(60_000);
    expect([it_.view, motions]).toEqual([{ position: 0, motion: 'stopped' }, []]);
  });

  it('has the contact open whenever it is open, closed whenever it is shut, and comes to rest', async () => {
    const step = fc.tuple(fc.constantFrom('pulse', 'open', 'close'), fc.integer({ min: 0, max: 12_000 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 20 }),
        fc.constantFrom('stop', 'reverse'),
        async (steps, pulseWhileMoving) => {
          const { gate: it_, clock } = gate({ pulseWhileMoving });
          for (const [what, wait] of steps) {
            it_[what]();
            await clock.advance(wait);
            expect(it_.position).toBeGreaterThanOrEqual(0);
            expect(it_.position).toBeLessThanOrEqual(1);
            if (it_.position === 1) expect(it_.contact).toBe('open');
            if (it_.position === 0 && it_.motion === 'stopped') expect(it_.contact).toBe('closed');
          }
          await clock.advance(20_000);
          expect([it_.motion, clock.pending]).toEqual(['stopped', 0]);
        },
      ),
      { numRuns: 40 },
    );
  });
});
