// SPDX-License-Identifier: Apache-2.0
import type { ConnectionInfo } from "./client_address.ts";

/** Answers a request. Before it gives the answer, it calls `finish`, which may add a header. */
export type Handler = (
  request: Request,
  info: ConnectionInfo,
  finish?: (response: Response) => void,
) => Promise<Response>;
