// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { EVENT_TYPES, VerificationEvent } from "../lib/verification/event.ts";
import { PublishedMetadata } from "../lib/verification/published_metadata.ts";

type Json = Readonly<Record<string, unknown>>;

/** The headers that Standard Webhooks defines. */
const HEADERS = {
  "webhook-id": "The id of the event. The same for each attempt to deliver it",
  "webhook-timestamp": "When this attempt was made, in seconds since 1970",
  "webhook-signature": "One or more signatures `v1,…`, separated by spaces: HMAC-SHA256 over " +
    "`{webhook-id}.{webhook-timestamp}.{body}`, in base64",
};

/** What applications get from this service, as JSON Schemas by their names in `components.schemas`. */
export function describeSchemas(): Readonly<Record<"JumioMetadata" | "VerificationEvent", Json>> {
  return {
    JumioMetadata: toJsonSchema(PublishedMetadata),
    VerificationEvent: toJsonSchema(VerificationEvent),
  };
}

/** The events by type, in the form of `webhooks` of an OpenAPI document. */
export function describeWebhooks(): Json {
  const post = {
    summary: "A signed event, in the form of Standard Webhooks",
    description: "Sent to EVENTS_URL, if it is set",
    parameters: Object.entries(HEADERS).map(([name, description]) => ({
      name,
      in: "header",
      description,
      required: true,
      schema: { type: "string" },
    })),
    requestBody: {
      required: true,
      content: {
        "application/json": { schema: { $ref: "#/components/schemas/VerificationEvent" } },
      },
    },
    responses: {
      "2XX": { description: "The event is delivered" },
      "410": { description: "Pauses the delivery of all events until an operator resumes it" },
      "default": { description: "The event is delivered again later" },
    },
  };
  return Object.fromEntries(EVENT_TYPES.map((type) => [type, { post }]));
}

/** Fields that the schema does not name stay allowed, because new ones may come. */
function toJsonSchema(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return rest;
}
