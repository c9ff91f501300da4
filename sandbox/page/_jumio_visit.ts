import type { Outcome } from "../simulators/jumio/simulator.ts";
import { OUTCOME_LABELS } from "./labels.ts";
import { bad, neutral, type Notice } from "./notice.ts";
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
  if (execution.startedAt === undefined && !await goToJumio(email, options)) {
    return bad("The bridge cannot be reached, so the person cannot go to Jumio. Try again soon");
  }
  // The visitor may have pressed two buttons while the bridge was down.
  if (execution.completedAt !== undefined) return alreadyEnded;
  const deliveries = await options.jumio.finish(execution.id, outcome);
  const statuses = deliveries.map(({ status }) => status).join(", ");
  const end = statuses === "dropped" ? "was dropped" : `was answered with ${statuses}`;
  return neutral(`Jumio: ${OUTCOME_LABELS[outcome]}. Its callback ${end}`);
}

/**
 * Opens the link on the identity and presses the button of that page. Retries while the bridge does
 * not answer: the bridge must see the button, because otherwise it polls for a result only after the
 * link has expired, half an hour later. Returns false if it gives up.
 */
async function goToJumio(
  email: string,
  { kratos, publicUrl, visit, delay }: VisitOptions,
): Promise<boolean> {
  const { link } = readVerification(findIdentity({ kratos }, email));
  const token = URL.parse(link)?.searchParams.get("token");
  if (!token || !link.startsWith(publicUrl)) return true;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (attempt > 0) await delay(RETRY_AFTER_MS);
    try {
      if (await followLink(link, { token, publicUrl, visit })) return true;
    } catch {
      // The bridge is down, or was killed during the request. It may be back at the next attempt.
    }
  }
  return false;
}

/** Returns false while the bridge prepares the link to Jumio; the page then refreshes by itself. */
async function followLink(
  link: string,
  { token, publicUrl, visit }: { token: string } & Pick<VisitOptions, "publicUrl" | "visit">,
): Promise<boolean> {
  const page = await (await visit(link)).text();
  if (!page.includes('<form method="post"')) return !page.includes('http-equiv="refresh"');
  const answer = await visit(`${publicUrl}/jumio/verify`, {
    method: "POST",
    headers: { origin: publicUrl },
    redirect: "manual",
    body: new URLSearchParams({ token }),
  });
  await answer.body?.cancel();
  return true;
}
