// Questions to a person, one after the other; what is to be done comes when all are answered.

interface Question {
  readonly prompts: readonly string[];
  readonly answers: readonly string[];
  readonly answered: (answers: readonly string[]) => void;
}

export class Questions {
  #question: Question | undefined;

  /** Undefined where nothing is asked. */
  get prompt(): string | undefined {
    return this.#question?.prompts[this.#question.answers.length];
  }

  /** One question for each prompt, of which there is at least one; what was asked before is given up. */
  ask(prompts: readonly string[], answered: (answers: readonly string[]) => void): void {
    this.#question = { prompts, answers: [], answered };
  }

  /** The answer to `prompt`. Nothing is an answer too: it ends the questions. False then. */
  take(answer: string): boolean {
    if (this.#question === undefined || answer === "") {
      this.#question = undefined;
      return false;
    }
    const { prompts, answered } = this.#question;
    const answers = [...this.#question.answers, answer];
    this.#question = answers.length < prompts.length ? { prompts, answers, answered } : undefined;
    if (this.#question === undefined) answered(answers);
    return true;
  }
}
