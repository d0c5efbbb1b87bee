// A device without a keyboard worth the name, or without a browser, asks to be logged in (RFC 8628 §3.1, §3.2).

import * as v from 'valibot';
import { signDeviceCode } from '../crypto/device-code.ts';
import { repeatIfLost } from '../db/client.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Client } from '../http/client.ts';
import { text } from '../http/shapes.ts';
import { deleteOldGrants, GRANT_SECONDS, insertGrant, selectGrant } from './queries.ts';
import { makeUserCode, showUserCode } from './user-code.ts';

export const POLL_SECONDS = 5;

export const DeviceStart = v.object({
  device_code: v.pipe(v.string(), v.description('For the device alone')),
  user_code: text('BCDF-GHJK'),
  verification_uri: text('https://auth.example.com/device'),
  verification_uri_complete: text('https://auth.example.com/device?user_code=BCDF-GHJK'),
  expires_in: v.pipe(v.number(), v.examples([GRANT_SECONDS])),
  interval: v.pipe(v.number(), v.description('Seconds between two polls'), v.examples([POLL_SECONDS])),
});

/** `address` is where the device asked, and so where its person will. */
export async function startDeviceLogin(deps: Deps, clientName: string, address: string, client: Client) {
  const { db, keyring, now, randomId } = deps;
  const id = randomId();
  const at = now();
  const userCode = makeUserCode((length) => crypto.getRandomValues(new Uint8Array(length)));
  const { userAgent, country, network } = client;
  const grant = { id, userCode, clientName, createdAt: at, interval: POLL_SECONDS, userAgent, country, network };
  const [, , [made]] = await repeatIfLost(() =>
    db.batch([deleteOldGrants(db, at), insertGrant(db, grant), selectGrant(db, id)]),
  );
  if (!made) throw new AppError('RATE_LIMIT_EXCEEDED', { reason: 'device_grants_full', retryAfter: 60 });
  const uri = `${address}/device`;
  return {
    device_code: await signDeviceCode(id, keyring),
    user_code: showUserCode(userCode),
    verification_uri: uri,
    verification_uri_complete: `${uri}?user_code=${showUserCode(userCode)}`,
    expires_in: GRANT_SECONDS,
    interval: POLL_SECONDS,
  };
}
