/** Why an agent did not do what it was asked, as far as that decides what to do about it. */
export type FailureClass =
  /** Too many requests: the same one may be welcome later. */
  | 'rate-limit'
  /** The provider has more work than it can do. */
  | 'overloaded'
  /** No key, or one that is not accepted. */
  | 'auth'
  /** More text than the model takes. */
  | 'context-too-long'
  /** It was not allowed to do what it wanted to. */
  | 'permission'
  /** The money is spent: a cap that we set, or the account's credit. */
  | 'budget'
  /** The connection broke, or the provider failed with it. */
  | 'network'
  /** Its program does not know such work: only another one, or another version, can do it. */
  | 'unsupported'
  /** It ended well, but there is nothing to show for it. */
  | 'contract'
  /** Its program ended badly, or without a report. */
  | 'crash'
  /** The provider or the agent said no, and no class above fits. */
  | 'unknown';
