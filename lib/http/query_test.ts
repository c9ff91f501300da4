// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import * as z from "zod";
import { parseQuery } from "./query.ts";

const Query = z.object({
  limit: z.coerce.number().int().default(50),
  from: z.optional(z.string()),
});

const CASES: readonly [search: string, expected: ReturnType<typeof parseQuery<typeof Query>>][] = [
  ["", { ok: true, value: { limit: 50 } }],
  ["?limit=3&other=1", { ok: true, value: { limit: 3 } }],
  ["?from=a%20b+c", { ok: true, value: { limit: 50, from: "a b c" } }],
  ["?limit=1&limit=2", { ok: true, value: { limit: 2 } }],
  ["?limit=x", { ok: false, field: "limit" }],
];

for (const [search, expected] of CASES) {
  Deno.test(`parseQuery() of "${search}"`, () => {
    assert.deepEqual(parseQuery(new Request(`http://127.0.0.1/${search}`), Query), expected);
  });
}
