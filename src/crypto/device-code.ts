// Device codes: `grant.MAC`. What polls with a code that was not made here costs no read.

import type { Keyring } from './keyring.ts';
import { isMac, makeMac } from './mac.ts';

const FORM = /^([0-9a-f-]{36})\.([\w-]{43})$/;

export async function signDeviceCode(grantId: string, keyring: Keyring): Promise<string> {
  return `${grantId}.${await makeMac(grantId, keyring.signing.grant)}`;
}

/** The grant's id, if a key of the ring made the code. */
export async function verifyDeviceCode(code: string, keyring: Keyring): Promise<string | undefined> {
  const [, grantId = '', mac = ''] = FORM.exec(code) ?? [];
  const keys = keyring.keys.map(({ grant }) => grant);
  return (await isMac(mac, grantId, keys)) ? grantId : undefined;
}
