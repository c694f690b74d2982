import type { SimulatedDevice } from '../../src/simulator/index.ts';
import { response } from '../discovery/dns-bytes.ts';
import { Responder } from '../discovery/responder.ts';

const SERVICE = '_remootio._tcp.local';

/** Announces a simulated device, as the real ones do; on a port that nobody else uses. */
export async function announce(port: number, device: SimulatedDevice): Promise<Responder> {
  const serial = device.settings.serialNumber;
  const host = `remootio_${serial}.local`;
  const responder = await Responder.open(port);
  responder.answerWith((questions) =>
    questions.some(({ name }) => name === SERVICE)
      ? [
          response(
            { type: 'PTR', name: SERVICE, data: `${serial}.${SERVICE}` },
            { type: 'SRV', name: `${serial}.${SERVICE}`, port: device.port, target: host },
            { type: 'A', name: host, data: '127.0.0.1' },
          ),
        ]
      : [],
  );
  return responder;
}
