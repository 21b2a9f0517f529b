import type { Explanation } from '../../shared/messages/words.ts';

/** A situation of the user's for which the words are chosen already. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly explanation: Explanation;

  constructor(explanation: Explanation) {
    super(explanation.code);
    this.explanation = explanation;
  }
}
