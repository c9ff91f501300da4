// SPDX-License-Identifier: Apache-2.0
/** A part of the page. Replaces the element with the same id, or is added to its list. */
export interface Fragment {
  readonly id: string;
  readonly html: string;
  /** The list to which a new element is added, and at which end. */
  readonly list?: string;
  readonly at?: "start" | "end";
}

/** Server-sent events for every open page. */
export interface Events {
  send(fragment: Fragment): void;
  /** Opens the stream of one page. It starts with the fragments that the page may have missed. */
  connect(catchUp: () => readonly Fragment[]): Response;
}

/** Creates the streams of one run. A page reloads itself when the id of the run changes. */
export function createEvents(): Events {
  const runId = crypto.randomUUID();
  const streams = new Set<ReadableStreamDefaultController<Uint8Array>>();
  const encoder = new TextEncoder();

  return {
    send(fragment) {
      const chunk = encoder.encode(format("fragment", fragment));
      for (const stream of streams) stream.enqueue(chunk);
    },
    connect(catchUp) {
      let controller: ReadableStreamDefaultController<Uint8Array>;
      const body = new ReadableStream<Uint8Array>({
        start(stream) {
          controller = stream;
          stream.enqueue(encoder.encode(format("run", { id: runId })));
          for (const fragment of catchUp()) {
            stream.enqueue(encoder.encode(format("fragment", fragment)));
          }
          streams.add(stream);
        },
        cancel: () => void streams.delete(controller),
      });
      return new Response(body, {
        headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
      });
    },
  };
}

function format(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
