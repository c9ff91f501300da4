// SPDX-License-Identifier: Apache-2.0
/**
 * Who takes part in the calls of the sandbox. `person` is whoever sits at a browser, `stranger` anybody
 * who has no business there, such as somebody who forges a callback.
 */
export type Party = "person" | "operator" | "stranger" | "ory" | "bridge" | "jumio" | "app";

/** A request or an answer, with its secrets masked. */
export interface MaskedMessage {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** A call between two parties as the page shows it, with its secrets masked. */
export interface ObservedCall {
  readonly id: number;
  readonly from: Party;
  readonly to: Party;
  readonly method: string;
  /** The path with its query. */
  readonly path: string;
  readonly request: MaskedMessage;
  readonly startedAt: number;
  /** Undefined until the call has ended. */
  readonly answer: CallAnswer | undefined;
}

/** How a call ended. */
export interface CallAnswer extends MaskedMessage {
  /** Undefined when the call failed without an answer. */
  readonly status: number | undefined;
  readonly durationMs: number;
}
