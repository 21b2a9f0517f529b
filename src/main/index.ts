import { registerAppScheme } from './app-protocol.ts';
import { compose } from './compose.ts';
import { prepareProcess, runUntilQuit } from './lifecycle.ts';

const prepared = prepareProcess();
registerAppScheme();
runUntilQuit(() => compose(prepared));
