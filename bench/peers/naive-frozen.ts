// The same with a clock that stands still.

import '../freeze-clock.ts';

export { default } from './naive.ts';
