import * as z from "zod";
import { StatusAnswer } from "../../../lib/operator/answers.ts";
import { readStatus } from "../../../lib/operator/service_status.ts";
import { reads } from "./_endpoint.ts";
import { showStatus } from "./_show.ts";

/** `GET /operator/status`. */
export const operatorStatus = reads({
  summary: "What waits, what failed, and how much was done",
  query: z.object({}),
  answer: StatusAnswer,
}, async (_query, { store, now }) => showStatus(await readStatus(store, { now: now() })));
