/** Packs what its argument says, in a process of its own: electron-builder talks. */
import { pack, type PackRequest } from '../../../scripts/pack.ts';

const request: PackRequest = JSON.parse(process.argv[2] ?? '');
await pack(request);
