// The same with a clock that stands still.

import '../workers/freeze-clock.ts';

export { default } from './naive.ts';
