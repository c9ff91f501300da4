// SPDX-License-Identifier: Apache-2.0
import config from "../../deno.json" with { type: "json" };

/** Such as `0.9.0`. `deno.json` is its only source. */
export const VERSION: string = config.version;
