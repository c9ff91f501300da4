// SPDX-License-Identifier: Apache-2.0
import type { Rig } from "./rig.ts";
import type { Visitor } from "./visitor.ts";

/** How a try to get in ended. */
export interface Entry {
  /** Whether there is a new session, or a stronger one, or a fresher one. */
  readonly isIn: boolean;
  /** The texts that the person sees. */
  readonly messages: string;
}

/** Somebody who is registered and can come in by one way. */
export interface Person {
  readonly identityId: string;
  /** Tries to get in. */
  enter(): Promise<Entry>;
}

/** One way to a session. */
export interface WayIn {
  /** Registers a new person. */
  prepare(rig: Rig): Promise<Person>;
}

/** The identity that a visitor's session is for. */
export async function identityOf(visitor: Visitor): Promise<string> {
  const session = await visitor.whoami();
  if (session === undefined) throw new Error("The registration gave no session");
  return session.identityId;
}

export function newEmail(): string {
  return `${crypto.randomUUID()}@example.com`;
}

export const PASSWORD = "Correct-horse-9-battery";
