import type { MdnsOptions } from '../discovery/mdns-socket.ts';

/**
 * On which network devices are looked for: all of them, unless the environment of the Homebridge UI names the
 * address of one (and another port, for tests), as `GATEHOUSE_MDNS=192.168.1.2` or `127.0.0.1:5399`.
 */
export function mdnsOptions(environment: NodeJS.ProcessEnv = process.env): MdnsOptions {
  const [, address, port] = /^(\d+(?:\.\d+){3})(?::(\d+))?$/.exec(environment['GATEHOUSE_MDNS'] ?? '') ?? [];
  if (address === undefined) return {};
  return { interface: address, bind: '0.0.0.0', ...(port !== undefined && { port: Number(port) }) };
}
