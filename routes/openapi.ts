// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { SECURITY_SCHEMES, toOpenapi } from "../lib/http/openapi.ts";
import { VERSION } from "../lib/upstream/version.ts";
import { describeSchemas, describeWebhooks } from "./contract.ts";
import { defineRoute, PUBLIC, type Route, type RouteServices } from "../lib/http/route.ts";

const Document = z.lazy(() =>
  z.object({
    openapi: z.literal("3.1.0"),
    paths: z.record(z.string(), z.unknown()),
  })
);

/**
 * Creates the route that serves OpenAPI 3.1 about these routes, from the schemas that check their
 * requests. The document is built at the first request, because most processes never need it.
 */
export function createOpenapi<Services extends RouteServices>(
  routes: readonly Route<Services>[],
): Route<Services> {
  let text: string | undefined;
  return defineRoute({
    method: "GET",
    path: "/openapi.json",
    summary: "This document",
    authentication: PUBLIC,
    answers: [{ status: 200, description: "OpenAPI 3.1", schema: Document }],
    handle() {
      text ??= JSON.stringify(createDocument(routes));
      return { response: new Response(text, { headers: { "content-type": "application/json" } }) };
    },
  });
}

function createDocument<Services>(
  routes: readonly Route<Services>[],
): Readonly<Record<string, unknown>> {
  const paths = Map.groupBy(routes, ({ path }) => path).entries()
    .map(([path, ofPath]) => [path, Object.fromEntries(ofPath.flatMap(toOperations))]);
  return {
    openapi: "3.1.0",
    info: {
      title: "ory-jumio-bridge",
      version: VERSION,
      description: "Connects Ory and Jumio: starts verifications, accepts callbacks, and decides " +
        "about sign-ins.",
    },
    paths: Object.fromEntries(paths),
    webhooks: describeWebhooks(),
    components: { securitySchemes: SECURITY_SCHEMES, schemas: describeSchemas() },
  };
}

function toOperations<Services>(route: Route<Services>): [method: string, operation: unknown][] {
  const operation = toOpenapi(route);
  return route.method === "GET" ? [["get", operation], ["head", operation]] : [["post", operation]];
}
