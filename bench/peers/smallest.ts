// The smallest Worker that Hono makes.

import { Hono } from 'hono';

export default new Hono().get('/', (c) => c.text('hello'));
