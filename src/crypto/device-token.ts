// Device tokens: `device.MAC`. They open nothing: they say that this device has logged in to this account before, with the
// password that it still has, so that guesses made elsewhere are not counted against it.

import type { Keyring } from './keyring.ts';
import { isMac, makeMac } from './mac.ts';

/** Whose device it is. A changed password makes every device a stranger. */
export type DeviceOwner = { id: string; passwordVersion: number };

const FORM = /^([0-9a-f-]{36})\.([\w-]{43})$/;

export async function signDeviceToken(device: string, owner: DeviceOwner, keyring: Keyring): Promise<string> {
  return `${device}.${await makeMac(toText(device, owner), keyring.signing.device)}`;
}

/** The device's id, if a key of the ring made the token for this owner. */
export async function verifyDeviceToken(
  token: string,
  owner: DeviceOwner,
  keyring: Keyring,
): Promise<string | undefined> {
  const [, device = '', mac = ''] = FORM.exec(token) ?? [];
  const keys = keyring.keys.map((key) => key.device);
  return (await isMac(mac, toText(device, owner), keys)) ? device : undefined;
}

function toText(device: string, { id, passwordVersion }: DeviceOwner): string {
  return `${id}.${passwordVersion}.${device}`;
}
