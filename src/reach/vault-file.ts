import { join } from 'node:path';

/** Where the vault lies in Homebridge's storage folder. */
export const VAULT_FILE = join('gatehouse', 'reach-vault.json');
