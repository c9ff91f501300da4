// SPDX-License-Identifier: Apache-2.0
/** A secret that cannot be printed or serialized by accident. */
export interface Secret {
  /** The secret itself, to send it or to derive a key from it. */
  reveal(): string;
}

/** Wraps a secret, so that printing or serializing a configuration cannot show it. */
export function createSecret(value: string): Secret {
  const secret = {
    reveal: () => value,
    toJSON: () => "[secret]",
    [Symbol.for("Deno.customInspect")]: () => "[secret]",
  };
  return Object.freeze(secret);
}
