// SPDX-License-Identifier: Apache-2.0
import type { Outcome } from "../simulators/jumio/simulator.ts";
import { OUTCOME_LABELS } from "./labels.ts";
import { bad, good, neutral, type Notice } from "./notice.ts";
import { findExecution, findIdentity, readVerification, type Simulators } from "./people.ts";

/** The person's page refreshes as often. */
const RETRY_AFTER_MS = 2_000;
/** Enough for a killed bridge to start again. */
const MAX_ATTEMPTS = 8;

/** What a person needs to get to Jumio. */
interface VisitOptions extends Simulators {
  readonly publicUrl: string;
  /** Calls the bridge as the person's browser. */
  readonly visit: typeof globalThis.fetch;
  /** Calls Jumio as the person's browser. */
  readonly openJumio: (request: Request) => Promise<Response>;
  readonly delay: (ms: number) => Promise<void>;
}

/** Sends the person to Jumio, ends their newest execution, and lets Jumio call back. */
export async function finishVerification(
  email: string,
  { outcome, ...options }: VisitOptions & { outcome: Outcome },
): Promise<Notice> {
  const execution = findExecution(options, email);
  if (execution === undefined) return bad("This person has no verification to finish");
  const alreadyEnded = bad("This verification has already ended");
  if (execution.completedAt !== undefined) return alreadyEnded;
  // A person who has opened Jumio's page does not need the bridge to get there.
  if (execution.startedAt === undefined && await goToJumio(email, options) === "waiting") {
    return bad("The bridge cannot be reached, so the person cannot go to Jumio. Try again soon");
  }
  // The visitor may have pressed two buttons while the bridge was down.
  if (execution.completedAt !== undefined) return alreadyEnded;
  const deliveries = await options.jumio.finish(execution.id, outcome);
  const statuses = deliveries.map(({ status }) => status).join(", ");
  const end = statuses === "dropped" ? "was dropped" : `was answered with ${statuses}`;
  return neutral(`Jumio: ${OUTCOME_LABELS[outcome]}. Its callback ${end}`);
}

/** Opens the person's link and presses its button for another execution. */
export async function startAgain(email: string, options: VisitOptions): Promise<Notice> {
  switch (await goToJumio(email, options)) {
    case "sent":
      return good("The person has started again");
    case "closed":
      return bad("The person’s page has no button to start again. Open it to read why");
    case "waiting":
      return bad("The bridge cannot be reached. Try again soon");
  }
}

/** `closed`: the page has no button. `waiting`: the bridge is down, or prepares the link to Jumio. */
type Visit = "sent" | "closed" | "waiting";

/**
 * Opens the link on the identity, presses the button of that page, and opens Jumio's page. Retries while
 * the bridge does not answer: the bridge must see the button, because otherwise it polls for a result
 * only after the link has expired, half an hour later.
 */
async function goToJumio(email: string, options: VisitOptions): Promise<Visit> {
  const { kratos, publicUrl, delay } = options;
  const { link } = readVerification(findIdentity({ kratos }, email));
  const token = URL.parse(link)?.searchParams.get("token");
  if (!token || !link.startsWith(publicUrl)) return "closed";
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (attempt > 0) await delay(RETRY_AFTER_MS);
    try {
      const visit = await followLink(link, { ...options, token });
      if (visit !== "waiting") return visit;
    } catch {
      // The bridge is down, or was killed during the request. It may be back at the next attempt.
    }
  }
  return "waiting";
}

async function followLink(
  link: string,
  { token, publicUrl, visit, openJumio }: VisitOptions & { token: string },
): Promise<Visit> {
  const page = await (await visit(link)).text();
  if (!page.includes('<form method="post"')) {
    // The page refreshes by itself while the link to Jumio is prepared.
    return page.includes('http-equiv="refresh"') ? "waiting" : "closed";
  }
  const answer = await visit(`${publicUrl}/jumio/verify`, {
    method: "POST",
    headers: { origin: publicUrl },
    redirect: "manual",
    body: new URLSearchParams({ token }),
  });
  await answer.body?.cancel();
  if (answer.status >= 400) return answer.status < 500 ? "closed" : "waiting";
  const next = URL.parse(answer.headers.get("location") ?? "");
  if (next?.pathname === "/web/client") await (await openJumio(new Request(next))).body?.cancel();
  return "sent";
}
