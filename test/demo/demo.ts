/**
 * A house in one command: two simulated gates, a real Homebridge with this plugin, a real HomeKit controller
 * that drives them once, and the code with which a phone can pair afterwards.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs, styleText } from 'node:util';
import { messageOf } from '../../src/base/errors.ts';
import { Controller } from '../e2e/hap.ts';
import { Homebridge } from '../e2e/homebridge-process.ts';
import { SimulatedGate } from '../e2e/simulator-process.ts';
import { INSTALLED_PLUGIN, makePluginFolder, ROOT } from '../helpers/plugin-folder.ts';
import { play } from './scenes.ts';
import { print, Timeline } from './timeline.ts';

const USAGE = `Usage: npm run demo [-- --once] [-- --lan]

  --once  ends after the drive, with 0 if it went as it should and 1 if not
  --lan   lets phones on the network reach the bridge, instead of this machine alone`;

const TRAVEL = 2_000;
const INTERRUPTED = 130;

interface Options {
  readonly once: boolean;
  readonly lan: boolean;
}

/** How to end what was started, in the order in which it was. */
const running: (() => Promise<void>)[] = [];

// What was interrupted while it started something may have left it running: nothing outlives this line.
process.exit(await main());

async function main(): Promise<number> {
  const options = readOptions();
  if (!options) return 2;
  const interrupted = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  let code = INTERRUPTED;
  const shown = show(options).then((wentWell) => {
    code = wentWell ? 0 : 1;
  });
  // What is interrupted fails when its processes end, and nobody needs to know.
  shown.catch(() => undefined);
  try {
    await Promise.race([shown, interrupted]);
    if (!options.once) await interrupted;
  } catch (error) {
    code = 1;
    print(styleText('red', `\n  The demo has failed: ${error instanceof Error ? error.message : ''}`));
  }
  const problems = await endAll();
  if (problems.length === 0 || code === INTERRUPTED) return code;
  for (const problem of problems) print(styleText('red', `  ${problem}`));
  return 1;
}

/** Everything up to the invitation to pair; answers whether the drive went as it should. */
async function show(options: Options): Promise<boolean> {
  const timeline = new Timeline();
  const plugin = INSTALLED_PLUGIN ?? makePluginFolder(builtPlugin());
  print(`\n  ${styleText('bold', 'Gatehouse')}  two simulated gates and a real Homebridge\n`);
  const [front, garage] = await Promise.all([
    startGate({ plugin, name: 'Front gate', apiVersion: 3, model: 'remootio-3', travel: TRAVEL }),
    startGate({ plugin, name: 'Garage', apiVersion: 1, travel: TRAVEL }),
  ]);
  const homebridge = await Homebridge.make({
    version: '2.4.0',
    plugin,
    name: 'Gatehouse Demo',
    lan: options.lan,
    platforms: [{ platform: 'Gatehouse', devices: [front, garage].map(configOf) }],
  });
  running.push(() => homebridge.dispose());
  await homebridge.start();
  const setupUri = await homebridge.setupUri();
  await Promise.all([front.authenticated(), garage.authenticated()]);
  introduce(homebridge, [front, garage]);

  const phone = await Controller.pair('the demo', homebridge);
  running.push(() => phone.close());
  await phone.subscribe();
  for (const gate of [front, garage]) timeline.follow(gate);
  phone.frames.listen((frame) => timeline.heard(frame));
  const wrong = await play({ phone, timeline, first: front, second: garage });
  // Without this nobody else could pair: the bridge would belong to the demo.
  await phone.leave();
  timeline.noScene();
  conclude(wrong);
  if (!options.once) inviteToPair(homebridge, setupUri, options.lan);
  return wrong.length === 0;
}

function readOptions(): Options | undefined {
  try {
    const { values } = parseArgs({
      options: { once: { type: 'boolean' }, lan: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    if (!values.help) return { once: values.once ?? false, lan: values.lan ?? false };
    print(USAGE);
  } catch (error) {
    print(`${messageOf(error)}\n\n${USAGE}`);
  }
  return undefined;
}

function builtPlugin(): string {
  const dist = join(ROOT, 'dist');
  if (existsSync(join(dist, 'index.js'))) return dist;
  throw new Error('the plugin is not built: start the demo with npm run demo');
}

async function startGate(options: Parameters<typeof SimulatedGate.make>[0]): Promise<SimulatedGate> {
  const gate = await SimulatedGate.make({ relay: 500, ...options });
  running.push(() => gate.stop());
  await gate.start();
  return gate;
}

function configOf(gate: SimulatedGate): ReturnType<SimulatedGate['config']> {
  return gate.config({ openSeconds: TRAVEL / 1_000, closeSeconds: TRAVEL / 1_000 });
}

function introduce(homebridge: Homebridge, gates: readonly SimulatedGate[]): void {
  for (const { name, port, apiVersion } of gates) {
    print(
      `  ${name.padEnd(10)}  ws://127.0.0.1:${port}, API version ${apiVersion}, with sensor, ${TRAVEL / 1_000} s`,
    );
  }
  print(`  ${'Homebridge'.padEnd(10)}  ${homebridge.version} on port ${homebridge.port}`);
  print(`  ${'Storage'.padEnd(10)}  ${homebridge.storage}`);
}

function conclude(wrong: readonly string[]): void {
  print(styleText('dim', '\n  What Home shows is 250 ms late, because HomeKit gathers events for so long.'));
  if (wrong.length === 0) print(styleText('green', '  Everything went as it should.'));
  else for (const line of wrong) print(styleText('red', `  ${line}`));
}

function inviteToPair(homebridge: Homebridge, setupUri: string, lan: boolean): void {
  const qrcode = createRequire(import.meta.url)('qrcode-terminal') as {
    setErrorLevel(level: 'M'): void;
    generate(text: string, options: { small: boolean }, show: (code: string) => void): void;
  };
  qrcode.setErrorLevel('M');
  qrcode.generate(setupUri, { small: true }, (code) => print(`\n${code.replace(/^/gm, '  ')}`));
  print(`  In the Home app: add an accessory, then this code or ${styleText('bold', homebridge.pin)}.`);
  if (!lan) print('  This bridge is reachable from this machine alone; for a phone: npm run demo -- --lan');
  print('  Ctrl-C ends everything.\n');
}

/** Ends what runs, the last one first; answers what went wrong with that. */
async function endAll(): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const end of running.reverse()) {
    await end().catch((error: unknown) => problems.push(messageOf(error)));
  }
  return problems;
}
