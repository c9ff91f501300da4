import * as z from "zod";
import { type Operation, toOpenapi } from "../lib/http/openapi.ts";

/** What is told of a path. */
interface DescribedRoute {
  readonly methods: readonly string[];
  readonly describe: () => Readonly<Record<string, Operation>>;
}

const SECURITY_SCHEMES = {
  hookSecret: {
    type: "apiKey",
    in: "header",
    name: "X-Webhook-Secret",
    description: "ORY_WEBHOOK_SECRET, as Ory sends it",
  },
  hookBearer: {
    type: "http",
    scheme: "bearer",
    description: "The same secret, where a proxy allows only this header",
  },
  callbackSignature: {
    type: "apiKey",
    in: "header",
    name: "X-Jumio-Signature",
    description: "Hexadecimal HMAC-SHA256 of the raw body by JUMIO_CALLBACK_SECRET",
  },
  operatorBearer: { type: "http", scheme: "bearer", description: "OPERATOR_SECRET" },
} as const;

/**
 * Serves OpenAPI 3.1, made from the schemas that check the requests. It is built at the first
 * request: most processes never need it, and all should start fast.
 */
export function createOpenapi(routes: () => ReadonlyMap<string, DescribedRoute>): () => Response {
  let text: string | undefined;
  return () => {
    text ??= JSON.stringify(describeRoutes(routes()));
    return new Response(text, { headers: { "content-type": "application/json" } });
  };
}

/** For `GET /openapi.json`. */
export function describeOpenapi(): { GET: Operation } {
  const schema = z.object({
    openapi: z.literal("3.1.0"),
    paths: z.record(z.string(), z.unknown()),
  });
  return {
    GET: {
      summary: "This document",
      answers: [{ status: 200, description: "OpenAPI 3.1", schema }],
    },
  };
}

function describeRoutes(
  routes: ReadonlyMap<string, DescribedRoute>,
): Readonly<Record<string, unknown>> {
  const paths = [...routes].map(([path, route]) => [path, describePath(route)]);
  return {
    openapi: "3.1.0",
    info: {
      title: "ory-jumio-bridge",
      version: "1",
      description: "Between Ory and Jumio: starts verifications, takes callbacks, judges sign-ins.",
    },
    paths: Object.fromEntries(paths),
    components: { securitySchemes: SECURITY_SCHEMES },
  };
}

function describePath(
  { methods, describe }: DescribedRoute,
): Readonly<Record<string, unknown>> {
  const described = describe();
  return Object.fromEntries(methods.map((method) => {
    const operation = described[method] ?? (method === "HEAD" ? described["GET"] : undefined);
    if (operation === undefined) throw new TypeError(`Cannot describe ${method}: nobody says how`);
    return [method.toLowerCase(), toOpenapi(operation)];
  }));
}
