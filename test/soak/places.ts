// Every place of every route that takes a text, and the statuses that any text may get there.

import { PASSWORD } from '../support/api.ts';
import { COLLECTION_PLACES } from './collection-places.ts';
import {
  del,
  escaped,
  form,
  GUESSES,
  get,
  headerValue,
  member,
  type Place,
  post,
  registration,
  withHeaders,
} from './world.ts';

const REGISTERED = [201, 409, 413, 422];
const LOGGED_IN = [200, 401, 413, 422];
const COOKIES = { Origin: 'http://localhost' };

export const PLACES: Record<string, Place> = {
  ...COLLECTION_PLACES,
  'register username': {
    send: post('/api/auth/register', (username) =>
      registration({ username, email: username.includes('@') ? username : undefined }),
    ),
    statuses: REGISTERED,
    taken: member('username'),
  },
  'register email': {
    send: post('/api/auth/register', (email) => registration({ email })),
    statuses: REGISTERED,
    taken: member('email'),
  },
  'register password': {
    send: post('/api/auth/register', (password) => registration({ password })),
    statuses: REGISTERED,
  },
  'register, an unknown member': {
    send: post('/api/auth/register', (text) => registration({ [text]: text, role: text })),
    statuses: REGISTERED,
  },
  'login username': {
    send: post('/api/auth/login', (username) => ({ username, password: PASSWORD })),
    statuses: LOGGED_IN,
  },
  'login password': {
    send: post('/api/auth/login', (password, { user }) => ({ username: user.username, password })),
    statuses: LOGGED_IN,
    renewAfter: GUESSES,
  },
  'login device_token': {
    send: post('/api/auth/login', (device_token, { user }) => ({ ...user, device_token })),
    statuses: [200, 413],
  },
  'login mode': {
    send: (text, world) => post(`/api/auth/login?mode=${escaped(text)}`, () => world.user)(text, world),
    statuses: [422],
  },
  'device login, name of the device': {
    send: post('/api/auth/device/start', (client_name) => ({ client_name })),
    statuses: [200, 413, 422, 429],
  },
  'device login, code of the device': {
    send: post('/api/auth/device/token', (device_code) => ({ device_code })),
    statuses: [400, 413],
  },
  'login device cookie': {
    send: (text, { isolate, user }) => {
      const value = headerValue(text);
      if (value === undefined) return undefined;
      const headers = { ...COOKIES, 'Content-Type': 'application/json', Cookie: `edge_auth_device=${value}` };
      return isolate.call('POST', '/api/auth/login?mode=cookie', { headers, body: JSON.stringify(user) });
    },
    statuses: [200],
  },
  'login, a text as the whole body': {
    send: (text, { isolate }) =>
      isolate.call('POST', '/api/auth/login', { headers: { 'Content-Type': 'application/json' }, body: text }),
    statuses: [413, 422],
  },
  'login content type': {
    send: withHeaders('POST', '/api/auth/login', (value) => ({ 'Content-Type': value }), '{}'),
    statuses: [415],
  },
  'login user agent': {
    send: (text, { isolate, user }) => {
      const value = headerValue(text);
      if (value === undefined) return undefined;
      const headers = { 'User-Agent': value, 'CF-Connecting-IP': value, 'Content-Type': 'application/json' };
      return isolate.call('POST', '/api/auth/login', { headers, body: JSON.stringify(user) });
    },
    statuses: [200],
  },
  'refresh refresh_token': {
    send: post('/api/auth/refresh', (refresh_token) => ({ refresh_token })),
    statuses: [401, 413],
  },
  'refresh cookie': {
    send: withHeaders('POST', '/api/auth/refresh', (value) => ({ ...COOKIES, Cookie: `edge_auth_refresh=${value}` })),
    statuses: [401, 422],
  },
  'logout refresh_token': {
    send: (text, { isolate }) => isolate.post('/api/auth/logout', { refresh_token: text }),
    statuses: [401, 413],
  },
  'logout cookies': {
    send: withHeaders('POST', '/api/auth/logout', (value) => ({
      ...COOKIES,
      Cookie: `edge_auth_refresh=${value}; edge_auth_access=${encodeURIComponent(value)}`,
    })),
    statuses: [401],
  },
  'logout Authorization': {
    send: withHeaders('POST', '/api/auth/logout', (value) => ({ Authorization: `Bearer ${value}` })),
    statuses: [401],
  },
  'change-password current_password': {
    send: post('/api/auth/change-password', (current_password) => ({ current_password, new_password: PASSWORD })),
    statuses: LOGGED_IN,
    renewAfter: GUESSES,
  },
  'change-password new_password': {
    send: post('/api/auth/change-password', (new_password) => ({ current_password: PASSWORD, new_password })),
    statuses: [200, 413, 422],
    renewAfter: 1, // each success ends the session
  },
  'delete me password': {
    send: (password, { isolate, tokens }) => isolate.del('/api/auth/me', tokens.access_token, { password }),
    statuses: [401, 413, 422],
    renewAfter: GUESSES,
  },
  'sessions id': { send: del((id) => `/api/auth/sessions/${escaped(id)}`), statuses: [404, 422] },
  'introspect token': {
    send: form('/api/auth/introspect', (text) => `token=${escaped(text)}`),
    statuses: [200, 400, 413],
  },
  'introspect, a text as the whole form': {
    send: form('/api/auth/introspect', (text) => text),
    statuses: [200, 400, 413],
  },
  'introspect hint': {
    send: form('/api/auth/introspect', (text) => `token=x&token_type_hint=${escaped(text)}&${escaped(text)}=x`),
    statuses: [200, 400, 413],
  },
  'introspect secret': {
    send: withHeaders('POST', '/api/auth/introspect', (value) => ({ Authorization: `Bearer ${value}` }), 'token=x'),
    statuses: [401],
  },
  'revoke token': { send: form('/api/auth/revoke', (text) => `token=${escaped(text)}`), statuses: [200, 400, 413] },
  'revoke hint': {
    send: form('/api/auth/revoke', (text) => `token=x&token_type_hint=${escaped(text)}`),
    statuses: [200, 413],
  },
  'Authorization bearer': {
    send: withHeaders('GET', '/api/auth/me', (value) => ({ Authorization: `Bearer ${value}` })),
    statuses: [401],
  },
  'Authorization whole': {
    send: withHeaders('GET', '/api/auth/me', (value) => ({ Authorization: value })),
    statuses: [401],
  },
  'access cookie': {
    send: withHeaders('GET', '/api/auth/me', (value) => ({ Cookie: `edge_auth_access=${value}` })),
    statuses: [401],
  },
  'cookie header whole': { send: withHeaders('GET', '/api/auth/me', (value) => ({ Cookie: value })), statuses: [401] },
  'Origin and Sec-Fetch-Site': {
    send: withHeaders('POST', '/api/auth/refresh', (value) => ({
      Origin: value,
      'Sec-Fetch-Site': value,
      Cookie: 'edge_auth_refresh=x',
    })),
    statuses: [401, 403],
  },
  'request id': { send: withHeaders('GET', '/api/auth/me', (value) => ({ 'X-Request-Id': value })), statuses: [401] },
  path: { send: get((text) => `/api/auth/${escaped(text)}`), statuses: [404] }, // '..' must not climb to a page
  'export of all that was taken': { send: get(() => '/api/auth/me/export'), statuses: [200] },
};
