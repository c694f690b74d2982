import { claimOwn, isOwnPulse, ownAnswered, ownDropped, ownSent } from './own-command.ts';
import {
  isSensorless,
  OFFLINE_GRACE,
  type Acceptance,
  type DoorEffect,
  type DoorInput,
  type DoorState,
} from './state.ts';
import type { Strategy } from './strategy.ts';
import { Turn } from './turn.ts';
import { withSensor } from './with-sensor.ts';
import { assumed, directional } from './without-sensor.ts';

export interface Reduction {
  readonly state: DoorState;
  readonly effects: readonly DoorEffect[];
}

/**
 * The door model: what is known, and what just happened, give what is known now. Pure; `now` is monotonic
 * and must not run backwards. What fell due before the input counts before it, so a late timer changes
 * nothing, and the deadline of the result always lies ahead.
 */
export function reduce(state: DoorState, input: DoorInput, now: number): Reduction {
  const turn = new Turn(state, now);
  advance(turn);
  apply(turn, input);
  advance(turn);
  return turn.finish();
}

/** How this door is followed and driven as things stand. */
export function strategyOf(state: DoorState): Strategy {
  if (!isSensorless(state)) return withSensor;
  const isDirectional =
    state.settings.withoutSensor === 'directional' && state.settings.output !== 'secondary';
  return isDirectional ? directional : assumed;
}

function advance(turn: Turn): void {
  const { awaySince, graceOver } = turn.state;
  if (awaySince !== undefined && !graceOver && turn.now >= awaySince + OFFLINE_GRACE) {
    turn.set({ graceOver: true });
  }
  for (let due = travelDue(turn); due; due = travelDue(turn)) {
    strategyOf(turn.state).travelOver(turn, due);
  }
}

function travelDue({ state: { travel }, now }: Turn): DoorState['travel'] {
  return travel && now >= travel.deadline ? travel : undefined;
}

function apply(turn: Turn, input: DoorInput): void {
  const strategy = strategyOf(turn.state);
  switch (input.kind) {
    case 'tick':
      return;
    case 'online':
      turn.set({ online: true });
      turn.backIfOnline();
      return;
    case 'offline':
      turn.set({ online: false, fresh: false, awaySince: turn.state.awaySince ?? input.since });
      return;
    case 'report':
      strategy.report(turn, input.report);
      return;
    case 'relay':
      if (!claimOwn(turn, input)) strategy.relay(turn, input);
      return;
    case 'held':
      if (!claimOwn(turn, input)) strategy.held(turn, input);
      return;
    case 'sensor changed':
      turn.set({ uncertain: true, fresh: false, lateClosing: undefined });
      turn.query();
      return;
    case 'sent':
      ownSent(turn);
      return;
    case 'accepted':
      accepted(turn, input, strategy);
      return;
    case 'rejected':
      ownDropped(turn);
      // Somebody is operating the gate at this moment.
      if (input.busy && turn.state.travel && !isOwnPulse(turn)) turn.set({ uncertain: true });
      return;
    case 'unknown':
      ownAnswered(turn);
      strategy.outcomeUnknown(turn);
      return;
  }
}

function accepted(turn: Turn, acceptance: Acceptance, strategy: Strategy): void {
  if (acceptance.relayTriggered) {
    ownAnswered(turn);
    strategy.ownPulse(turn, acceptance.target);
  } else {
    ownDropped(turn);
    strategy.withoutPulse(turn, acceptance);
  }
}
