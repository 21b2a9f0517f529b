import { existsSync } from 'node:fs';
import { homePaths } from './paths.ts';
import { databaseUrlFromEnvironment } from './postgres/connection.ts';

/** Nothing was ever kept in this home, and the environment names no database: there is nothing to look at. */
export function isFirstRun(home: string, env: NodeJS.ProcessEnv): boolean {
  return !isHome(home) && !isDatabaseInEnvironment(env);
}

/** Whether anything was ever kept there. */
export function isHome(folder: string): boolean {
  return existsSync(homePaths(folder).database);
}

/** The variable that connects a database, whatever the vault keeps. */
export function databaseVariable(env: NodeJS.ProcessEnv): 'DATABASE_URL' | 'DB_NAME' | undefined {
  if (!isDatabaseInEnvironment(env)) return undefined;
  return env['DATABASE_URL'] ? 'DATABASE_URL' : 'DB_NAME';
}

/** Also true of variables that name no usable database: that is then said by whoever reads from it. */
export function isDatabaseInEnvironment(env: NodeJS.ProcessEnv): boolean {
  try {
    return databaseUrlFromEnvironment(env) !== undefined;
  } catch {
    return true;
  }
}
