import type * as z from "zod";
import type { SetTimer } from "../deadline.ts";
import { parseJson, readBody } from "./body.ts";
import { readForm } from "./form.ts";
import type { Refusal } from "./refusal.ts";

/**
 * Reads what a request sends: JSON by the schema `body`, or a form by the schema `form`. `bytes` is
 * the body if it was already read.
 */
export async function readInput<Schema extends z.ZodType>(
  request: Request,
  { body, form, bytes, setDeadline }: {
    body: Schema | undefined;
    form: Schema | undefined;
    bytes: Uint8Array<ArrayBuffer> | undefined;
    setDeadline: SetTimer;
  },
): Promise<
  { ok: true; value: z.output<Schema> | undefined } | { ok: false; reason: Refusal; field?: string }
> {
  if (form !== undefined) return await readForm(request, { schema: form, setDeadline });
  if (body === undefined) return { ok: true, value: undefined };
  if (bytes !== undefined) return parseJson(body, bytes);
  const read = await readBody(request, { setDeadline });
  return read.ok ? parseJson(body, read.value) : read;
}
