import { config } from 'zod/mini';

/** Compiling a parser for each schema pays off after many documents; a command reads a few. For schemas yet to be made. */
export function interpretSchemas(): void {
  config({ jitless: true });
}
