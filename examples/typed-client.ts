// What a package that depends on edge-auth and hono writes: a route, a body or a member that does not exist is an error of
// its compiler. Run with the address of a server, a user name and a password.

import { createClient } from 'edge-auth';

const [, , address = 'http://localhost:8787', username = '', password = ''] = process.argv;
const anonymous = createClient(address);

const login = await anonymous.api.auth.login.$post({ query: {}, json: { username, password } });
if (!login.ok) throw new Error(`Login answered ${login.status}`);
const tokens = await login.json();
if (!('access_token' in tokens)) throw new Error('The tokens went into cookies');

const client = createClient(address, { headers: { Authorization: `Bearer ${tokens.access_token}` } });
const me = await (await client.api.auth.me.$get()).json();
const created = await client.api.collections.$post({ json: { name: `Notes of ${me.username}` } });
const collection = await created.json();
const collections = await (await client.api.collections.$get({ query: {} })).json();
console.log(`${me.username} has ${collections.length} collection: ${collection.name}`);
