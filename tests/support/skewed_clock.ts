// SPDX-License-Identifier: Apache-2.0
/**
 * Puts the clock of a process forward, by the milliseconds in its own address: for the `--preload`
 * of a service whose clock is wrong.
 *
 * @module
 */

const skewMs = Number(new URL(import.meta.url).searchParams.get("ms"));
const now = Date.now;
Date.now = () => now() + skewMs;
