// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";

/**
 * Ids of our messages, far from those of Kratos's own messages. One for each status that can refuse
 * a sign-in, so that a front end can show texts of its own (docs/integrate.md). They never change.
 */
export const MESSAGE_IDS = {
  unstoredIdentity: 9_470_001,
  rejected: 9_470_101,
  review: 9_470_102,
  expired: 9_470_103,
  pending: 9_470_104,
  none: 9_470_105,
} as const;

/**
 * The body of a refusal whose text Kratos shows to the person (ory/kratos,
 * `selfservice/hook/web_hook.go`).
 *
 * Messages are nested in messages: Kratos also accepts a flat form, but then shows no text. An `id`
 * must be an integer, because Kratos cannot decode the body otherwise.
 */
export const KratosMessages = z.lazy(() =>
  z.object({
    messages: z.array(z.object({
      "instance_ptr": z.literal("#/"),
      "messages": z.array(z.object({ id: z.int(), text: z.string(), type: z.literal("error") })),
    })),
  })
);

export type KratosMessages = z.output<typeof KratosMessages>;

/** Refuses a flow with a text that Kratos shows to the person. */
export function kratosRefusal(
  { status, messageId, text }: { status: 400 | 403; messageId: number; text: string },
): Response {
  const message = { id: messageId, text, type: "error" } as const;
  const body: KratosMessages = { messages: [{ "instance_ptr": "#/", "messages": [message] }] };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json" },
  });
}
