// SPDX-License-Identifier: Apache-2.0
import type * as z from "zod";
import type { SetTimer } from "../deadline.ts";
import { type BodyResult, parseJson, readJson } from "./body.ts";
import { readForm } from "./form.ts";
import type { Refusal } from "./refusal.ts";

type Input<Schema extends z.ZodType> = BodyResult<z.output<Schema> | undefined, Refusal>;

/**
 * Reads what a request sends: JSON by the schema `body`, or a form by the schema `form`. `bytes` is
 * the body if it was already read.
 */
export function readInput<Schema extends z.ZodType>(
  request: Request,
  { body, form, bytes, setDeadline }: {
    body: Schema | undefined;
    form: Schema | undefined;
    bytes: Uint8Array<ArrayBuffer> | undefined;
    setDeadline: SetTimer;
  },
): Input<Schema> | Promise<Input<Schema>> {
  if (form !== undefined) return readForm(request, { schema: form, setDeadline });
  if (body === undefined) return { ok: true, value: undefined };
  return bytes === undefined ? readJson(request, body, { setDeadline }) : parseJson(body, bytes);
}
