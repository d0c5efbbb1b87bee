// Ending one session of one's own, by its id.

import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Client } from '../http/client.ts';
import type { Principal } from '../http/context.ts';
import { endOwn } from './end.ts';
import { ofUserOne } from './queries.ts';

export async function removeSession(deps: Deps, { userId }: Principal, id: string, client: Client): Promise<void> {
  const found = await endOwn(deps, userId, ofUserOne(userId, id), client);
  if (found.length === 0) throw new AppError('SESSION_NOT_FOUND');
}
