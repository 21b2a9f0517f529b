/**
 * Opens the store of a home and does with its vault what each line says: `status`, `init`, `put`, `get`,
 * `export`, `unlock KEY` or `exit`. Answers each with a line of JSON.
 */
import { createInterface } from 'node:readline';
import { JetonError } from '../../../src/core/errors.ts';
import { Secret } from '../../../src/core/secret.ts';
import { NamedSecrets } from '../../../src/node/database/secrets.ts';
import { openStore } from '../../../src/node/database/open.ts';
import { leaveUnanswered, systemKeychain } from '../../../src/node/vault/keychain.ts';
import { Vault } from '../../../src/node/vault/vault.ts';

const store = openStore(process.argv[2] ?? '');
const vault = new Vault({ store, env: process.env, keychain: systemKeychain() });
const secrets = new NamedSecrets(store, vault);

async function obey(line: string): Promise<unknown> {
  const [command, argument = ''] = line.split(' ');
  switch (command) {
    case 'status': {
      const { state, keySource, canInit, problem } = await vault.status();
      return { state, keySource, canInit, problem: problem?.code };
    }
    case 'init':
      return vault.init();
    case 'put':
      return secrets.put('name', new Secret('test-secret-1'));
    case 'get':
      return (await secrets.get('name'))?.reveal();
    case 'export':
      return (await vault.exportRecoveryKey()).reveal();
    case 'unlock':
      return vault.unlock(new Secret(argument));
    case 'exit':
      process.exitCode = 7;
      return leaveUnanswered();
    default:
      throw new Error(`no such command: ${line}`);
  }
}

for await (const command of createInterface({ input: process.stdin })) {
  try {
    console.log(JSON.stringify((await obey(command)) ?? 'done'));
  } catch (error) {
    if (!(error instanceof JetonError)) throw error;
    console.log(JSON.stringify({ code: error.code, ...error.details }));
  }
}
store.dispose();
