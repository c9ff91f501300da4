// SPDX-License-Identifier: Apache-2.0
/** The result of an action, as the visitor reads it. */
export interface Notice {
  readonly text: string;
  readonly tone: "good" | "bad" | "neutral";
}

/** A notice, and when its action ended. */
export interface TimedNotice extends Notice {
  readonly at: number;
}

export function good(text: string): Notice {
  return { text, tone: "good" };
}

export function bad(text: string): Notice {
  return { text, tone: "bad" };
}

export function neutral(text: string): Notice {
  return { text, tone: "neutral" };
}
