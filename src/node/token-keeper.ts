import type { Engine } from '../core/engine.ts';
import type { Logger } from '../core/ports.ts';
import type { OpenHome } from './open-home.ts';
import type { Stop } from './stop.ts';

/** So long a process that ends tries to write down tokens that it could not write before. */
const KEEP_PATIENCE_MS = 3_000;

export interface TokenKeeperOptions {
  readonly home: OpenHome;
  readonly engine: Pick<Engine, 'keepTokensInHand'>;
  readonly log: Logger;
  readonly stop: Stop | undefined;
  /** They had to be given up. Called once. */
  readonly onLost: () => void;
}

/**
 * Answers what a process does last, and also, where it does not come to that, when it is told to stop: it writes down
 * the OneFlex tokens that it could not write before. False when it had to give them up, which it then has said.
 */
export function tokenKeeper({ home, engine, log, stop, onLost }: TokenKeeperOptions): () => Promise<boolean> {
  let isGivenUp = false;
  const keepTokens = async (): Promise<boolean> => {
    if (isGivenUp) return false;
    if (home.tokensInHand.received !== undefined) home.hurry();
    const until = AbortSignal.any([AbortSignal.timeout(KEEP_PATIENCE_MS), stop?.abort ?? []].flat());
    const isKept = await engine.keepTokensInHand(until);
    if (!isKept && !isGivenUp) {
      isGivenUp = true;
      log.error('oneflex-tokens-lost');
      onLost();
    }
    return isKept;
  };
  stop?.stopping.addEventListener('abort', () => {
    home.hurry();
    void keepTokens();
  });
  // What was received meanwhile, by one that does not end.
  stop?.abort.addEventListener('abort', () => void keepTokens());
  return keepTokens;
}
