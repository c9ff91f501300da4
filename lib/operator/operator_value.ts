// SPDX-License-Identifier: Apache-2.0
/** In lower case, so that no two names differ only in that. `@` allows an address of the person. */
const NAME = /^[a-z0-9][a-z0-9._@-]{0,63}$/;

const READ_ONLY = "ro";

/** What one value of `OPERATOR_SECRET` says: `secret`, `name:secret` or `name:ro:secret`. */
export interface OperatorValue {
  /** Undefined: whoever has the secret gives a name with each change. */
  readonly name: string | undefined;
  /** Whether the secret opens only what changes nothing. */
  readonly isReadOnly: boolean;
  /** The part that must be hard to guess. A caller sends the whole value. */
  readonly secret: string;
}

/** Parses one value. A problem is worded to stand after "value 2", and quotes nothing. */
export function parseOperatorValue(
  text: string,
): { ok: true; value: OperatorValue } | { ok: false; problem: string } {
  const parts = text.split(":");
  const [secret = ""] = parts.slice(-1);
  if (parts.length === 1) {
    return { ok: true, value: { name: undefined, isReadOnly: false, secret } };
  }
  const [name = "", right] = parts;
  if (name === READ_ONLY && parts.length === 2) {
    return { ok: false, problem: "is read-only and needs a name: NAME:ro:SECRET" };
  }
  if (parts.length > 3 || (parts.length === 3 && right !== READ_ONLY)) {
    return {
      ok: false,
      problem: "must be SECRET, NAME:SECRET or NAME:ro:SECRET, and no secret has a colon",
    };
  }
  if (!NAME.test(name) || name === READ_ONLY) {
    return {
      ok: false,
      problem: "has a wrong name: 1 to 64 of a-z 0-9 . _ @ -, the first a letter or digit, " +
        `and not ${READ_ONLY}`,
    };
  }
  return { ok: true, value: { name, isReadOnly: parts.length === 3, secret } };
}
