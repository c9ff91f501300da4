// SPDX-License-Identifier: Apache-2.0
import type * as z from "zod";
import type { SetTimer } from "../deadline.ts";
import { readBody } from "./body.ts";
import type { FormRefusal } from "./refusal.ts";

/** Enough for a signed token of some 300 characters and a few short fields. */
const MAX_FORM_BYTES = 4096;

const FORM_TYPE = "application/x-www-form-urlencoded";

/**
 * Reads a form that a browser has sent, within a limit of size and time, and parses its fields by a
 * schema. Of fields with the same name the last counts. Check first that our own page sent it, by
 * `isSameOrigin`.
 */
export async function readForm<Schema extends z.ZodType>(
  request: Request,
  { schema, maxBytes = MAX_FORM_BYTES, setDeadline }: {
    schema: Schema;
    maxBytes?: number;
    setDeadline?: SetTimer;
  },
): Promise<{ ok: true; value: z.output<Schema> } | { ok: false; reason: FormRefusal }> {
  const body = await readBody(request, {
    contentType: FORM_TYPE,
    maxBytes,
    ...(setDeadline === undefined ? {} : { setDeadline }),
  });
  if (!body.ok) {
    return { ok: false, reason: body.reason === "content_type" ? "form_type" : body.reason };
  }
  const fields = new URLSearchParams(new TextDecoder().decode(body.value));
  const parsed = schema.safeParse(Object.fromEntries(fields));
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, reason: "form_fields" };
}
