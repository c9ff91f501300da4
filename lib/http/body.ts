import { isUtf8 } from "node:buffer";
import type * as z from "zod";
import { setOwnDeadline, type SetTimer, waitAtMost } from "../deadline.ts";
import type { BodyRefusal, ShapeRefusal } from "./refusal.ts";

/** Enough for every sender: hooks have some hundred bytes, callbacks about a thousand. */
export const MAX_BODY_BYTES = 64 * 1024;

/** A sender that is slower than this for 64 KiB is broken or hostile. */
const BODY_DEADLINE_MS = 2_500;

// The bytes are checked before they are decoded, so this does not have to be a fatal decoder.
const UTF8 = new TextDecoder();

/**
 * Reads a request's body as bytes, before anything is parsed.
 *
 * Deno limits neither the size of a body nor the time to send it, so both are limited here.
 */
export async function readBody(
  request: Request,
  options: {
    contentType?: string;
    maxBytes?: number;
    deadlineMs?: number;
    setDeadline?: SetTimer;
  } = {},
): Promise<{ ok: true; value: Uint8Array<ArrayBuffer> } | { ok: false; reason: BodyRefusal }> {
  const { contentType = "application/json", maxBytes = MAX_BODY_BYTES } = options;
  const { deadlineMs = BODY_DEADLINE_MS, setDeadline = setOwnDeadline } = options;
  if (!isOfType(request.headers.get("content-type"), contentType)) {
    return { ok: false, reason: "content_type" };
  }
  // The limit and the signature are those of the bytes as sent.
  if (request.headers.has("content-encoding")) return { ok: false, reason: "content_encoding" };
  const length = request.headers.get("content-length");
  if (Number(length ?? 0) > maxBytes) return { ok: false, reason: "body_too_large" };

  // Read in one piece if Content-Length bounds the body, because a stream for each request halves
  // the throughput. A chunked body has no such bound.
  const isBounded = length !== null && request.headers.get("transfer-encoding") === null;
  const reader = isBounded ? undefined : request.body?.getReader();
  const body = reader === undefined ? request.bytes() : readChunks(reader, maxBytes);
  try {
    const value = await waitAtMost<Uint8Array<ArrayBuffer> | "too_large">(deadlineMs, body, {
      setTimer: setDeadline,
    });
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
 * Parses JSON bytes by a schema. `field` names the first wrong place.
 *
 * The messages of the parser and the schema are not passed on, because they quote the input.
 */
export function parseJson<Schema extends z.ZodType>(
  schema: Schema,
  bytes: Uint8Array,
): { ok: true; value: z.output<Schema> } | { ok: false; reason: ShapeRefusal; field?: string } {
  if (bytes.length === 0) return { ok: false, reason: "body_empty" };
  if (!isUtf8(bytes)) return { ok: false, reason: "not_json" };
  let json: unknown;
  try {
    json = JSON.parse(UTF8.decode(bytes));
  } catch {
    return { ok: false, reason: "not_json" };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  const field = parsed.error.issues[0]?.path.map(String).join(".") ?? "";
  return { ok: false, reason: "wrong_shape", field: field === "" ? "(the whole body)" : field };
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
