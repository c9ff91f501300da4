// SPDX-License-Identifier: Apache-2.0
import type * as z from "zod";

/** Parses the query of a request's address. Of parameters with the same name the last counts. */
export function parseQuery<Query extends z.ZodObject>(
  { url }: Request,
  schema: Query,
): { ok: true; value: z.output<Query> } | { ok: false; value?: undefined; field: string } {
  const parsed = schema.safeParse(Object.fromEntries(new URL(url).searchParams));
  return parsed.success
    ? { ok: true, value: parsed.data }
    : { ok: false, field: parsed.error.issues[0]?.path.join(".") ?? "" };
}
