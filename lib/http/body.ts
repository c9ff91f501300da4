// SPDX-License-Identifier: Apache-2.0
import type * as z from "zod";
import { setOwnDeadline, type SetTimer, waitAtMost } from "../deadline.ts";
import type { BodyRefusal, Refusal, ShapeRefusal } from "./refusal.ts";

/** Enough for every sender: hooks have some hundred bytes, callbacks about a thousand. */
export const MAX_BODY_BYTES = 64 * 1024;

/** A sender that is slower than this for 64 KiB is broken or hostile. */
const BODY_DEADLINE_MS = 2_500;

const UTF8 = new TextDecoder("utf-8", { fatal: true });

const BOUNDED = { ok: true, value: { isBounded: true } } as const;
const UNBOUNDED = { ok: true, value: { isBounded: false } } as const;

/** Limits of a body. The defaults are those of JSON. */
export interface BodyOptions {
  readonly contentType?: string;
  readonly maxBytes?: number;
  readonly deadlineMs?: number;
  readonly setDeadline?: SetTimer;
}

/** A value that was read from a body, or why there is none. `field` names the first wrong place. */
export type BodyResult<Value, Reason extends Refusal> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: Reason; readonly field?: string };

/**
 * Reads a request's body as bytes, before anything is parsed.
 *
 * Deno limits neither the size of a body nor the time to send it, so both are limited here.
 */
export async function readBody(
  request: Request,
  options: BodyOptions = {},
): Promise<BodyResult<Uint8Array<ArrayBuffer>, BodyRefusal>> {
  const { maxBytes = MAX_BODY_BYTES } = options;
  const checked = checkHeaders(request, options);
  if (!checked.ok) return checked;
  const reader = checked.value.isBounded ? undefined : request.body?.getReader();
  const body = reader === undefined ? request.bytes() : readChunks(reader, maxBytes);
  try {
    const value = await waitForBody<Uint8Array<ArrayBuffer> | "too_large">(body, options);
    if (value === undefined) return { ok: false, reason: "body_stalled" };
    if (value === "too_large" || value.length > maxBytes) {
      return { ok: false, reason: "body_too_large" };
    }
    return { ok: true, value };
  } catch {
    // The sender disconnected, so no details are needed.
    return { ok: false, reason: "body_broken" };
  } finally {
    // Not awaited, because a stalled sender would delay the answer. The rest of the body is dropped.
    reader?.cancel().catch(() => {});
  }
}

/**
 * Reads a JSON body and parses it by a schema, within the limits of {@linkcode readBody}.
 *
 * Where Content-Length bounds the body, the runtime's own parser reads it, in half the time. It
 * replaces bytes that are not UTF-8, so a body that is signed must be read as bytes.
 */
export async function readJson<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
  options: BodyOptions = {},
): Promise<BodyResult<z.output<Schema>, BodyRefusal | ShapeRefusal>> {
  const checked = checkHeaders(request, options);
  if (!checked.ok) return checked;
  if (!checked.value.isBounded) {
    const read = await readBody(request, options);
    return read.ok ? parseJson(schema, read.value) : read;
  }
  try {
    const json = await waitForBody<unknown>(request.json(), options);
    return json === undefined ? { ok: false, reason: "body_stalled" } : parseShape(schema, json);
  } catch (error) {
    if (!(error instanceof SyntaxError)) return { ok: false, reason: "body_broken" };
    const isEmpty = request.headers.get("content-length") === "0";
    return { ok: false, reason: isEmpty ? "body_empty" : "not_json" };
  }
}

/**
 * Parses JSON bytes by a schema. `field` names the first wrong place.
 *
 * The messages of the parser and the schema are not passed on, because they quote the input.
 */
export function parseJson<Schema extends z.ZodType>(
  schema: Schema,
  bytes: Uint8Array,
): BodyResult<z.output<Schema>, ShapeRefusal> {
  if (bytes.length === 0) return { ok: false, reason: "body_empty" };
  let json: unknown;
  try {
    json = JSON.parse(UTF8.decode(bytes));
  } catch {
    return { ok: false, reason: "not_json" };
  }
  return parseShape(schema, json);
}

function parseShape<Schema extends z.ZodType>(
  schema: Schema,
  json: unknown,
): BodyResult<z.output<Schema>, ShapeRefusal> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  const field = parsed.error.issues[0]?.path.map(String).join(".") ?? "";
  return { ok: false, reason: "wrong_shape", field: field === "" ? "(the whole body)" : field };
}

/**
 * Checks a body by its headers alone. A body with a length within the limit is bounded, so it can be
 * read in one piece: a stream for each request halves the throughput.
 *
 * The runtime reads no more than that length. It refuses a request that has Transfer-Encoding as well
 * and one with two different lengths, and it joins two equal ones with a comma, which is no number
 * here (seen in 2.9.6; tests/service/request_body_test.ts).
 */
function checkHeaders(
  { headers }: Request,
  { contentType = "application/json", maxBytes = MAX_BODY_BYTES }: BodyOptions,
): BodyResult<{ isBounded: boolean }, BodyRefusal> {
  if (!isOfType(headers.get("content-type"), contentType)) {
    return { ok: false, reason: "content_type" };
  }
  // The limit and the signature are those of the bytes as sent.
  if (headers.has("content-encoding")) return { ok: false, reason: "content_encoding" };
  const length = headers.get("content-length");
  if (Number(length) > maxBytes) return { ok: false, reason: "body_too_large" };
  return length !== null && Number(length) <= maxBytes ? BOUNDED : UNBOUNDED;
}

/** Undefined if the body is not there in time. */
function waitForBody<Value>(
  body: Promise<Value>,
  { deadlineMs = BODY_DEADLINE_MS, setDeadline = setOwnDeadline }: BodyOptions,
): Promise<Value | undefined> {
  return waitAtMost(deadlineMs, body, { setTimer: setDeadline });
}

function isOfType(header: string | null, contentType: string): boolean {
  if (header === contentType) return true;
  return header?.split(";")[0]?.trim().toLowerCase() === contentType;
}

async function readChunks(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | "too_large"> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > maxBytes) return "too_large";
    chunks.push(value);
  }
  if (chunks.length === 1 && chunks[0]) return chunks[0];
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
