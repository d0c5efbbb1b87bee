import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import type { Revocation } from '../../src/session/queries.ts';
import { openRevocationList, PAGE_ROWS } from '../../src/session/revocation-list.ts';
import { mintUser } from '../support/api.ts';
import { watchD1 } from '../support/d1.ts';
import { openClock, openIsolate, openSession } from '../support/isolate.ts';

const NOW = 1_800_000_000;

/** A list over rows of the test's own, whose reads end when and how the test says. */
function setUp(rows: Revocation[] = []) {
  const clock = openClock(NOW * 1000);
  const state = { reads: 0, answer: async (): Promise<unknown> => undefined };
  const list = openRevocationList({
    nowMs: () => clock.ms,
    sleep: async (milliseconds) => {
      await new Promise((resolve) => setTimeout(resolve, 0));
      clock.ms += milliseconds;
    },
    waitUntil: () => {},
    readAfter: async (seq, at) => {
      state.reads += 1;
      const page = rows.filter((row) => row.seq > seq && row.expiresAt > at).slice(0, PAGE_ROWS);
      await state.answer();
      return page;
    },
  });
  const revoke = (sessionId: string, expiresAt = NOW + 3660) => {
    rows.push({ seq: (rows.at(-1)?.seq ?? 0) + 1, sessionId, expiresAt });
  };
  const never = () => new Promise<never>(() => {});
  const failing = () => Promise.reject(new Error('D1_ERROR: Network connection lost.'));
  return { clock, list, rows, revoke, state, never, failing };
}

describe('reading', () => {
  test('200 cold requests make one read, and all of them know', async () => {
    const { list, revoke, state } = setUp();
    revoke('ended');
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => list.includes(i % 2 === 0 ? 'ended' : 'live')),
    );
    expect(answers.filter(Boolean).length).toBe(100);
    expect(state.reads).toBe(1);
  });

  test('what was ended elsewhere is refused within five seconds, at one read every two and a half', async () => {
    const { clock, list, revoke, state } = setUp();
    await list.includes('a');
    revoke('a');
    let refusedAfter = 0;
    for (let tenths = 1; tenths <= 100; tenths++) {
      clock.advance(0.1);
      if ((await list.includes('a')) && refusedAfter === 0) refusedAfter = tenths / 10;
      await new Promise((resolve) => setTimeout(resolve, 0)); // the read beside the request ends
    }
    expect(refusedAfter).toBeGreaterThan(0);
    expect(refusedAfter).toBeLessThanOrEqual(5);
    expect(state.reads).toBeLessThanOrEqual(5);
  });

  test('after a quiet time the first request waits for the list instead of trusting an old one', async () => {
    const { clock, list, revoke } = setUp();
    await list.includes('a');
    revoke('a');
    clock.advance(5);
    expect(await list.includes('a')).toBe(true);
  });

  test('a revocation stamped early and committed late is seen', async () => {
    const { clock, list, revoke } = setUp();
    revoke('first', NOW + 4000);
    expect(await list.includes('first')).toBe(true);
    clock.advance(5);
    revoke('late', NOW + 100); // stamped long before the one that was read already
    expect(await list.includes('late')).toBe(true);
  });

  test('what is committed while a read is under way counts from the start of that read', async () => {
    const { clock, list, revoke, state } = setUp();
    state.answer = async () => {
      clock.advance(2);
      revoke('meanwhile');
      state.answer = async () => undefined;
    };
    expect(await list.includes('meanwhile')).toBe(false);
    clock.advance(3);
    expect(await list.includes('meanwhile')).toBe(true);
  });

  test('a list of many pages is read whole', async () => {
    const rows = Array.from({ length: 2 * PAGE_ROWS }, (_, i) => ({
      seq: i + 1,
      sessionId: `s${i}`,
      expiresAt: NOW + 3660,
    }));
    const { list, state } = setUp(rows);
    expect(await list.includes('s0')).toBe(true);
    expect(await list.includes(`s${2 * PAGE_ROWS - 1}`)).toBe(true);
    expect(state.reads).toBe(3);
  });

  test('a session that this isolate ended is refused at once', async () => {
    const { list } = setUp();
    expect(await list.includes('a')).toBe(false);
    list.add([{ seq: 1, sessionId: 'a', expiresAt: NOW + 3660 }]);
    expect(await list.includes('a')).toBe(true);
  });
});

describe('trouble', () => {
  test('the client whose request began a read leaves: nobody hangs, and the next read serves', async () => {
    const { clock, list, revoke, state, never } = setUp();
    revoke('a');
    state.answer = never; // a read that went with its request
    const waiting = Promise.allSettled([list.includes('a'), list.includes('a')]);
    await new Promise((resolve) => setTimeout(resolve, 0));
    state.answer = async () => undefined;
    const began = clock.ms;
    const later = await Promise.allSettled([waiting, list.includes('a')]);
    expect(later[1]).toEqual({ status: 'fulfilled', value: true });
    expect(clock.ms - began).toBeLessThan(10_000);
    expect(state.reads).toBe(2);
  });

  test('while the database fails, the old list serves for a minute, then nobody is let in; then it recovers', async () => {
    const { clock, list, revoke, state, failing } = setUp();
    revoke('old');
    await list.includes('old');
    state.answer = failing;
    revoke('new');
    for (let seconds = 1; seconds < 60; seconds++) {
      clock.ms = (NOW + seconds) * 1000;
      expect(await list.includes('old')).toBe(true);
      expect(await list.includes('live')).toBe(false);
    }
    expect(state.reads).toBeLessThanOrEqual(60); // at most one a second
    clock.ms = (NOW + 60) * 1000;
    await expect(list.includes('live')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    state.answer = async () => undefined;
    clock.advance(1);
    expect(await list.includes('new')).toBe(true);
    expect(await list.includes('live')).toBe(false);
  });

  test('while the database stalls, a request waits a second at most', async () => {
    const { clock, list, state, never } = setUp();
    await list.includes('live');
    state.answer = never;
    clock.advance(6);
    const began = clock.ms;
    expect(await list.includes('live')).toBe(false);
    expect(clock.ms - began).toBeLessThanOrEqual(1000);
    clock.advance(60);
    await expect(list.includes('live')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  test('with no list at all, a failing database is told at once', async () => {
    const { clock, list, state, failing } = setUp();
    state.answer = failing;
    await expect(list.includes('live')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(clock.ms).toBeLessThan(NOW * 1000 + 100);
  });

  test('a slow read that ends after a quicker one does not make the list older', async () => {
    const { clock, list, state } = setUp();
    await list.includes('live');
    let release = () => {};
    state.answer = () => new Promise<void>((resolve) => (release = resolve));
    clock.advance(3);
    await list.includes('live');
    state.answer = async () => undefined;
    clock.advance(1);
    await list.includes('live');
    await new Promise((resolve) => setTimeout(resolve, 0));
    release();
    await new Promise((resolve) => setTimeout(resolve, 0));
    const reads = state.reads;
    clock.advance(2);
    await list.includes('live'); // a list of two seconds ago needs no read
    expect(state.reads).toBe(reads);
  });
});

describe('in the database', () => {
  const sessionOf = (refreshToken: string) => refreshToken.split('.')[0] ?? '';

  test('the list is what D1 has: what expired is not read, and one read serves 200 cold requests', async () => {
    const clock = openClock();
    const user = await mintUser();
    const { access_token, refresh_token } = await openSession(await openIsolate(clock), user);
    await env.DB.prepare('INSERT INTO revocation (session_id, expires_at) VALUES (?, ?), (?, ?)')
      .bind(sessionOf(refresh_token), clock.seconds(), 'another', clock.seconds() + 3660)
      .run();
    let reads = 0;
    const isolate = await openIsolate(clock, {
      DB: watchD1((call, sql) => {
        if (sql.join().includes('revocation')) reads += 1;
        return call();
      }),
    });
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => isolate.get('/api/collections/no-uuid', access_token)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([422]));
    expect(reads).toBe(1);
  });

  test('a database that is away is an honest 503 with Retry-After, and nobody is let in unseen', async () => {
    const clock = openClock();
    const user = await mintUser();
    const { access_token } = await openSession(await openIsolate(clock), user);
    const isolate = await openIsolate(clock, {
      DB: watchD1(() => Promise.reject(new Error('D1_ERROR: Network connection lost.'))),
    });
    const { status, headers, body } = await isolate.get('/api/collections', access_token);
    expect(status).toBe(503);
    expect(body).toMatchObject({ error_code: 'SERVICE_UNAVAILABLE' });
    expect(Number(headers.get('Retry-After'))).toBeLessThanOrEqual(5);
  });
});
