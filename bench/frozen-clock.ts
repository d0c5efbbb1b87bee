// The service with the clock of production, which stands still while code computes; here it stands still altogether.

const stoppedAt = Date.now();
Date.now = () => stoppedAt;

export { default, LoginGate } from '../src/worker.ts';
