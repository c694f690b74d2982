import type { API } from 'homebridge';
import { GatehousePlatform } from './homekit/platform.ts';
import { PLATFORM_NAME } from './homekit/settings.ts';

/** What Homebridge calls when it has loaded the plugin. */
export default (api: API): void => {
  api.registerPlatform(PLATFORM_NAME, GatehousePlatform);
};
