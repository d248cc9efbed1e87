/** A request that was not answered, or answered with an error. */
export class RequestFailed extends Error {
  constructor(
    message: string,
    /** Whether the same request may succeed when it is sent again. */
    readonly retryable: boolean,
  ) {
    super(message);
  }
}
/** An error as Assay answers it; `retryable` is said of those that pass. */
export interface AnsweredError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export const failureOf = (errors: readonly AnsweredError[]): RequestFailed =>
  new RequestFailed(errors.map(({ message, extensions }) => `${String(extensions?.['code'])}: ${message}`).join('; '), errors.every(({ extensions }) => extensions?.['retryable'] === true));

/** What became of a command, as Assay's result unions say it. */
export type Outcome =
  | { readonly __typename: 'Rejection'; readonly code: string; readonly message: string; readonly facts: readonly { readonly name: string; readonly value: string }[] }
  | { readonly __typename: 'AcknowledgeResultAccepted'; readonly position?: string | null; readonly repeated: boolean; readonly appraisal?: { readonly revision: number } | null }
  | { readonly __typename: '%other' };

const ATTEMPTS_MAX = 3;
const PAUSE_MS = 300;

/**
 * Carries a command out once, however often it has to be sent: one `commandId` for one intention of the user. Where the
 * outcome is not known (the connection broke, OUTCOME_UNKNOWN, OVERLOADED) the same command is sent again.
 */
export async function carryOut<T>(send: (commandId: string) => Promise<T>): Promise<T> {
  const commandId = crypto.randomUUID();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send(commandId);
    } catch (error) {
      if (!(error instanceof RequestFailed) || !error.retryable || attempt === ATTEMPTS_MAX) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt * PAUSE_MS));
    }
  }
}
