import { isDeepStrictEqual } from 'node:util';
import { DoorStory } from '../e2e/door-story.ts';
import type { Controller, Door } from '../e2e/hap.ts';
import type { SimulatedGate } from '../e2e/simulator-process.ts';
import type { Timeline } from './timeline.ts';

interface Scene {
  readonly title: string;
  readonly gate: SimulatedGate;
  readonly begin: () => Promise<void>;
  /** How it has ended. */
  readonly end: Partial<Door>;
  /** What Home must have been told, frame by frame, see `DoorStory`. */
  readonly told: readonly string[];
  /** What must have been sent to the device. */
  readonly commands: readonly string[];
}

export interface Stage {
  readonly phone: Controller;
  readonly timeline: Timeline;
  /** Operated from Home. */
  readonly first: SimulatedGate;
  /** Operated by somebody with the Remootio app. */
  readonly second: SimulatedGate;
}

/** Plays every scene once; answers what did not go as it should, in words. */
export async function play(stage: Stage): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const scene of scenes(stage)) wrong.push(...(await playOne(scene, stage)));
  return wrong;
}

function scenes({ phone, timeline, first, second }: Stage): readonly Scene[] {
  const write = (value: number, text: string) => async (): Promise<void> => {
    timeline.row('Home', `writes TargetDoorState = ${text}`, first.name);
    await phone.write(first.name, 'TargetDoorState', value);
  };
  const press = async (): Promise<void> => {
    timeline.row('gate', 'somebody presses the button in the Remootio app', second.name);
    await second.press();
  };
  const { name } = first;
  return [
    {
      title: `${name}, opened from Home`,
      gate: first,
      begin: write(0, 'open'),
      end: { T: 0, C: 0 },
      told: ['T0 C2', 'C0'],
      commands: ['OPEN'],
    },
    {
      title: `${name}, closed from Home`,
      gate: first,
      begin: write(1, 'closed'),
      end: { T: 1, C: 1 },
      told: ['T1 C3', 'C1'],
      commands: ['CLOSE'],
    },
    {
      title: `${second.name}, opened with the Remootio app`,
      gate: second,
      begin: press,
      end: { T: 0, C: 0 },
      told: ['T0 C2', 'C0'],
      commands: [],
    },
    {
      title: `${second.name}, closed with the Remootio app`,
      gate: second,
      begin: press,
      end: { T: 1, C: 1 },
      told: ['T1 C3', 'C1'],
      commands: [],
    },
  ];
}

async function playOne(scene: Scene, { phone, timeline }: Stage): Promise<readonly string[]> {
  const { gate } = scene;
  const mark = gate.mark();
  const story = await DoorStory.begin(phone, gate.name);
  timeline.scene(scene.title);
  await scene.begin();
  await story.until(scene.end);
  // What Home shows may be a moment ahead of a motor that is slower than it was told.
  await gate.motion('stopped', mark);
  const wrong: string[] = [];
  const commands = gate.commandsSince(mark);
  if (!isDeepStrictEqual(story.told, scene.told)) {
    wrong.push(`${scene.title}: Home was told ${story.told.join(', ')} instead of ${scene.told.join(', ')}`);
  }
  if (!isDeepStrictEqual(commands, scene.commands)) {
    wrong.push(
      `${scene.title}: ${commands.join(', ')} was sent instead of ${scene.commands.join(', ') || 'nothing'}`,
    );
  }
  return wrong;
}
