// The service with a clock that stands still.

import './freeze-clock.ts';

export { default, LoginGate } from '../../src/worker.ts';
