// SPDX-License-Identifier: Apache-2.0
/** Defers work to its first use, and does it once. A promise is kept as well, with its failure. */
export function lazy<Value>(create: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: create() }).value;
}
