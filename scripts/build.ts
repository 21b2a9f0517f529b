/** `npm run build`: everything that is shipped, from its sources. */
import { build, TARGETS } from './build-targets.ts';

for (const target of TARGETS) build(target);
