import type { Desktop, Notice } from './desktop.ts';

export interface SpeakingPorts {
  readonly notify: Desktop['notify'];
  /** Resolves once somebody could be looking at the screen: nothing is said, or asked, before. */
  readonly whenUnlocked: () => Promise<void>;
}

/** `notice` is asked only then, and answers nothing where what it was about has been mended by then. */
export async function sayWhenUnlocked(
  { notify, whenUnlocked }: SpeakingPorts,
  notice: () => Notice | undefined | Promise<Notice | undefined>,
): Promise<void> {
  await whenUnlocked();
  const said = await notice();
  if (said !== undefined) notify(said);
}
