import type { Examination } from './examine-device.ts';
import { failed, ok, skipped, warning, type Finding } from './finding.ts';

const CHECK = 'slot';
const TRIED = 'looked who has the one connection that the device allows';

export interface SlotFacts {
  /** Undefined where no session was tried, since the running plugin has it. */
  readonly examination: Examination | undefined;
  /** The running plugin has this device, and whether it is connected to it. */
  readonly plugin: 'none' | 'connected' | 'not connected';
  /** Platforms of other plugins in the same config that have this device as well. */
  readonly rivals: readonly string[];
}

/** Who holds the slot, as far as that can be told from here. */
export function checkSlot({ examination, plugin, rivals }: SlotFacts): Finding {
  const rival = rivals.length === 0 ? undefined : rivals.map((name) => `"${name}"`).join(', ');
  if (isTaken(examination)) {
    if (plugin === 'connected') return ok(CHECK, TRIED, 'the running plugin has it, as it should');
    const found =
      examination?.failedAt === 'slot'
        ? 'another client took it soon after it was ours'
        : 'another client seems to have it';
    const who =
      rival === undefined ? WHO_ELSE : `Remove the device from the platform ${rival} in the config.`;
    return failed(CHECK, TRIED, found, who);
  }
  if (rival !== undefined) {
    const found = `the config has this device in the platform ${rival} as well`;
    return warning(
      CHECK,
      TRIED,
      found,
      'Remove it there: the two would take the connection from each other.',
    );
  }
  if (plugin === 'connected') return ok(CHECK, TRIED, 'the running plugin has it, as it should');
  if (examination && (examination.failedAt === undefined || examination.last.readyFor !== undefined)) {
    return ok(CHECK, TRIED, 'it was free, and stayed ours');
  }
  return skipped(CHECK, 'not known, since there was no connection');
}

const WHO_ELSE =
  'Stop what else uses its API: another plugin, Home Assistant, Node-RED, or the Remootio app on the same Wi-Fi.';

function isTaken(examination: Examination | undefined): boolean {
  return examination?.failedAt === 'slot' || examination?.diagnosis?.code === 'slot-taken';
}
