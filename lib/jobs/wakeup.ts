// SPDX-License-Identifier: Apache-2.0
/** A request to look at a queue that is remembered until it is taken. */
export interface Wakeup {
  request(): void;
  /** Whether there was a request since the last call. */
  take(): boolean;
  /** Resolves with the next request. */
  next(): Promise<void>;
}

/** Creates a wakeup without a request. */
export function createWakeup(): Wakeup {
  let isRequested = false;
  let { promise, resolve } = Promise.withResolvers<void>();
  return {
    request() {
      isRequested = true;
      resolve();
      ({ promise, resolve } = Promise.withResolvers<void>());
    },
    take() {
      const wasRequested = isRequested;
      isRequested = false;
      return wasRequested;
    },
    next: () => promise,
  };
}
