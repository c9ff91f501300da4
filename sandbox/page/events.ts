/** A piece of the page that takes the place of the one with its id, or goes into its list. */
export interface Fragment {
  readonly id: string;
  readonly html: string;
  /** The id of the list that it goes into when it is new, and at which end. */
  readonly list?: string;
  readonly at?: "start" | "end";
}

/** Server-sent events, to every page that is open. */
export interface Events {
  send(fragment: Fragment): void;
  /** The stream of one page. It begins with what `greet` says, so that a page catches up. */
  connect(greet: () => readonly Fragment[]): Response;
}

/** Creates the events of one run. A page of an earlier run reloads itself when it sees another id. */
export function createEvents(): Events {
  const runId = crypto.randomUUID();
  const streams = new Set<ReadableStreamDefaultController<Uint8Array>>();
  const encoder = new TextEncoder();

  return {
    send(fragment) {
      const chunk = encoder.encode(format("fragment", fragment));
      for (const stream of streams) stream.enqueue(chunk);
    },
    connect(greet) {
      let own: ReadableStreamDefaultController<Uint8Array>;
      const body = new ReadableStream<Uint8Array>({
        start(stream) {
          own = stream;
          stream.enqueue(encoder.encode(format("run", { id: runId })));
          for (const fragment of greet()) {
            stream.enqueue(encoder.encode(format("fragment", fragment)));
          }
          streams.add(stream);
        },
        cancel: () => void streams.delete(own),
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
