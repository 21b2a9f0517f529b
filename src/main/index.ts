import { registerAppScheme } from './app-protocol.ts';
import { compose } from './compose.ts';
import { prepareProcess, runUntilQuit } from './lifecycle.ts';

const home = prepareProcess();
registerAppScheme();
runUntilQuit(() => compose(home));
