import { isObject, own } from '../../base/json.ts';
import type { StatusResult } from '../../channel/protocol.ts';
import { listOf, PEER_PLATFORM, PLATFORM, PLUGIN } from '../../config/homebridge-config.ts';
import type { LocatedConfig } from '../homebridge-config.ts';
import { failed, ok, warning, type Finding } from './finding.ts';

/** The config of Homebridge, as far as it is ours. */
export function checkConfig(config: LocatedConfig): readonly Finding[] {
  const tried = `read ${config.path}`;
  const findings: Finding[] = config.problems.map(({ message, severity }) => {
    const [found, todo] = splitRemedy(message);
    return severity === 'error'
      ? failed('config', tried, found, todo)
      : warning('config', tried, found, todo);
  });
  if (config.blocks.length === 0) {
    const todo = 'Add a device in the settings of the plugin.';
    findings.push(failed('config', tried, `there is no platform "${PLATFORM}"`, todo));
  }
  const plugins = own(config.value, 'plugins');
  if (Array.isArray(plugins) && !plugins.includes(PLUGIN)) {
    const found = `"plugins" lists what may run, and ${PLUGIN} is not in it`;
    findings.push(failed('config', tried, found, `Add "${PLUGIN}" to it, or remove the list.`));
  }
  if (listOf(own(config.value, 'disabledPlugins')).includes(PLUGIN)) {
    const found = `${PLUGIN} is in "disabledPlugins"`;
    findings.push(failed('config', tried, found, 'Enable the plugin in the Homebridge UI.'));
  }
  if (findings.length > 0) return findings;
  const count = config.devices.length;
  return [ok('config', tried, `${count} ${count === 1 ? 'device' : 'devices'}, nothing wrong`)];
}

/** A problem's line ends with its remedy. */
function splitRemedy(message: string): readonly [string, string] {
  const at = message.lastIndexOf('; ');
  return at === -1 ? [message, 'Correct it in the settings.'] : [message.slice(0, at), message.slice(at + 2)];
}

/** Names of other platforms in the config that have a device at this host. */
export function rivalsAt(host: string, config: LocatedConfig | undefined): readonly string[] {
  if (!config) return [];
  const rivals = config.peers.filter((block) =>
    listOf(own(block, 'devices')).some(
      (device) => isObject(device) && String(own(device, 'ipAddress')).toLowerCase() === host.toLowerCase(),
    ),
  );
  return rivals.length === 0 ? [] : [PEER_PLATFORM];
}

/** The running plugin, and whether it is of the version that this program is. */
export function checkPlugin(
  plugins: readonly StatusResult['plugin'][] | Error,
  version: string,
): readonly Finding[] {
  const tried = 'looked for the running plugin';
  if (plugins instanceof Error) {
    return [warning('plugin', tried, plugins.message, 'Run this as the user that Homebridge runs as.')];
  }
  if (plugins.length === 0) {
    const found = 'it is not running on this storage';
    return [warning('plugin', tried, found, 'Start Homebridge; or say where its storage is with --storage.')];
  }
  return plugins.map((plugin) => {
    const name = plugin.instance === undefined ? '' : ` (${plugin.instance})`;
    const found = `version ${plugin.version}${name}`;
    if (plugin.version === version) return ok('plugin', tried, found);
    return warning('plugin', tried, `${found}; this program is ${version}`, 'Restart Homebridge.');
  });
}
