// SPDX-License-Identifier: Apache-2.0
import type { LogFields } from "../log.ts";
import type { ConnectionInfo } from "./client_address.ts";
import type { HeaderParameter, Security } from "./openapi.ts";
import type { Refusal } from "./refusal.ts";

/** What the path and the connection of a request say. */
export interface RouteMatch {
  readonly params: Readonly<Record<string, string>>;
  readonly info: ConnectionInfo;
}

/** Decides who sends a request. */
export interface Authentication<Services, Caller> {
  /** Schemes of the OpenAPI document. One of them is enough. */
  readonly security: readonly Security[];
  readonly refusals: readonly Refusal[];
  /** Other headers that say who sends the request. */
  readonly headers?: readonly HeaderParameter[];
  /** The body is read first, because the signature covers it. Otherwise the sender is checked first. */
  readonly coversBody?: boolean;
  readonly check: (
    request: Request,
    services: Services,
    sender: RouteMatch & { readonly body: Uint8Array<ArrayBuffer> | undefined },
  ) => Authenticated<Caller> | Promise<Authenticated<Caller>>;
  /** If set, each handled request is logged with these fields: who sent it. */
  readonly describeCaller?: (caller: Caller) => LogFields | undefined;
  /** Answers a refusal in a page's own form, where the route does not. */
  readonly answerRefusal?: RefusalPage<Services>;
}

export type Authenticated<Caller> =
  | { readonly ok: true; readonly value: Caller }
  | {
    readonly ok: false;
    readonly reason: Refusal;
    /** Who was refused, if that is known. The log has it. */
    readonly sender?: LogFields;
  };

/** Answers a refusal with a page. Undefined: it is answered as a problem in JSON. */
export type RefusalPage<Services> = (
  refused: { readonly refusal: Refusal; readonly field?: string | undefined },
  call: { readonly request: Request; readonly services: Services },
) => Response | Promise<Response> | undefined;
