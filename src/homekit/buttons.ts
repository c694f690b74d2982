import type { Service } from 'homebridge';
import type { Unsubscribe } from '../base/emitter.ts';
import { buttonId, type ButtonConfig } from '../config/buttons.ts';
import type { RemootioEvent } from '../wire/events.ts';
import { cleanName } from './clean-name.ts';
import type { Companion, CompanionParts } from './companion.ts';
import { companionService } from './companion-service.ts';
import { singlePress } from './single-press.ts';

/** HAP: the labels of the buttons are numbers. */
const ARABIC_NUMERALS = 1;

/** Buttons in Apple Home that the events of a device press. */
export class Buttons implements Companion {
  readonly services: readonly Service[];
  readonly #unsubscribe: Unsubscribe;

  constructor(parts: CompanionParts, buttons: readonly ButtonConfig[]) {
    const { hap, accessory, device, log } = parts;
    const { ServiceLabel } = hap.Service;
    const label =
      accessory.getService(ServiceLabel) ??
      accessory.addService(ServiceLabel, cleanName(parts.config.name), 'buttons');
    label.updateCharacteristic(hap.Characteristic.ServiceLabelNamespace, ARABIC_NUMERALS);
    const made = buttons.map((button, index) => {
      const service = buttonService(parts, button, index + 1);
      label.addLinkedService(service);
      return { button, service, press: singlePress(hap, service) };
    });
    this.services = [label, ...made.map(({ service }) => service)];
    this.#unsubscribe = device.event.on(({ event, old }) => {
      if (old) return;
      for (const { button, press } of made.filter((each) => isFor(each.button, event))) {
        log.debug(`button "${button.name}"`);
        press();
      }
    });
  }

  stop(): void {
    this.#unsubscribe();
  }
}

/** What a button is to react to is what it is: a new name leaves the automations that hang on it. */
function buttonService(parts: CompanionParts, button: ButtonConfig, index: number): Service {
  const { hap, accessory, saveAccessory } = parts;
  const service = companionService({
    hap,
    accessory,
    type: 'StatelessProgrammableSwitch',
    subtype: `button ${buttonId(button)}`,
    name: button.name,
    onRenamed: saveAccessory,
  });
  return service.updateCharacteristic(hap.Characteristic.ServiceLabelIndex, index);
}

/** Whether an event presses a button: all that the button names must be so. */
export function isFor(button: ButtonConfig, event: RemootioEvent): boolean {
  if (event.type !== button.event) return false;
  const { keyNr, keyType, via } = keyOf(event);
  return (
    (button.keyNumber === undefined || button.keyNumber === keyNr) &&
    (button.keyType === undefined || button.keyType === keyType) &&
    (button.via === undefined || button.via === via)
  );
}

/** Whose key it was, as far as the event tells. */
function keyOf(event: RemootioEvent): { keyNr?: number; keyType?: string; via?: string } {
  switch (event.type) {
    case 'RelayTrigger':
    case 'SecondaryRelayTrigger':
    case 'Connected':
    case 'OutputHeldActive':
    case 'SecondaryOutputHeldActive':
      return event.data;
    case 'KeyManagement':
      return { keyNr: event.data.keyNr, keyType: event.data.keyType };
    default:
      return {};
  }
}
