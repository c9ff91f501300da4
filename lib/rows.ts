// SPDX-License-Identifier: Apache-2.0
import { HISTORY_ROWS } from "./history/row_schemas.ts";
import { JUMIO_ROWS } from "./jumio/row_schemas.ts";
import { createParsedStore } from "./kv/parsed_store.ts";
import type { Store } from "./kv/store.ts";
import type { Log } from "./log.ts";
import type { Telemetry } from "./telemetry/telemetry.ts";
import { VERIFICATION_ROWS } from "./verification/row_schemas.ts";

/** A store that parses every row that the service reads, and reports each that it sets aside. */
export function parseRows(
  store: Store,
  { telemetry, now, log }: { telemetry: Telemetry; now: () => number; log: Log },
): Store {
  return createParsedStore(store, {
    schemas: { ...VERIFICATION_ROWS, ...HISTORY_ROWS, ...JUMIO_ROWS },
    now,
    onSetAside({ key, problem }) {
      telemetry.countBadRow(String(key[0]));
      log.error("Set a bad row of KV aside", { key: key.join("/"), problem });
    },
  });
}
