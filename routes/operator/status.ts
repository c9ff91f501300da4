import * as z from "zod";
import { readStatus } from "../../lib/status.ts";
import { reads } from "./_api.ts";
import { showStatus } from "./_show.ts";

/** `GET /operator/status`: what waits, what failed, and how much was done. */
export const operatorStatus = reads(z.object({}), async (_query, { store, now }) => {
  return Response.json(showStatus(await readStatus(store, { now: now() })));
});
