import type { Config } from "../../lib/config/config.ts";
import { toRecord } from "../kratos_config/edit.ts";
import type { Report } from "./findings.ts";
import { describeProbe, type SendProbe } from "./probe.ts";

interface Checking {
  readonly probe: SendProbe;
  readonly report: Pick<Report, "add">;
}

/**
 * Checks that the service's client can start and read verifications. Only `startsOne` leaves
 * something behind: it starts a real transaction and returns the id of its workflow execution.
 */
export async function checkJumio(
  jumio: Config["jumio"],
  { startsOne, ...checking }: Checking & { startsOne: boolean },
): Promise<string | undefined> {
  const token = await requestToken(jumio, checking);
  if (token === undefined) return undefined;
  const headers = {
    "authorization": `Bearer ${token}`,
    "content-type": "application/json",
    "accept": "application/json",
  };
  const body = JSON.stringify({
    customerInternalReference: crypto.randomUUID(),
    workflowDefinition: { key: jumio.workflowKey },
    tokenLifetime: "5m",
  });
  await checkPermissions(jumio, { headers, body, ...checking });
  return startsOne ? await startExecution(jumio, { headers, body, ...checking }) : undefined;
}

async function requestToken(
  { tokenUrl, clientId, clientSecret }: Config["jumio"],
  { probe, report }: Checking,
): Promise<string | undefined> {
  const answer = await probe(tokenUrl, {
    method: "POST",
    headers: {
      "authorization": `Basic ${btoa(`${clientId}:${clientSecret.reveal()}`)}`,
      "content-type": "application/x-www-form-urlencoded",
      "accept": "application/json",
    },
    body: "grant_type=client_credentials",
  });
  const token = answer.ok ? toRecord(answer.json)?.["access_token"] : undefined;
  if (answer.ok && answer.status === 200 && typeof token === "string") return token;
  report.add("jumio_token_refused", "JUMIO_AUTH_URL", describeProbe(answer));
  return undefined;
}

/** Uses an account that does not exist: a client with the right permissions gets 404. */
async function checkPermissions(
  { accountUrl, retrievalUrl }: Config["jumio"],
  { probe, report, headers, body }: Checking & { headers: Record<string, string>; body: string },
): Promise<void> {
  const accountPath = `accounts/${crypto.randomUUID()}`;
  const put = { method: "PUT", headers, body };
  const update = await probe(new URL(accountPath, accountUrl), put);
  if (!update.ok || update.status !== 404) {
    report.add("jumio_account_refused", accountUrl.host, describeProbe(update));
  }
  const executionPath = `${accountPath}/workflow-executions/${crypto.randomUUID()}`;
  const details = await probe(new URL(executionPath, retrievalUrl), { headers });
  if (!details.ok || details.status !== 404) {
    report.add("jumio_retrieval_refused", retrievalUrl.host, describeProbe(details));
  }
}

async function startExecution(
  { accountUrl }: Config["jumio"],
  { probe, report, headers, body }: Checking & { headers: Record<string, string>; body: string },
): Promise<string | undefined> {
  const answer = await probe(new URL("accounts", accountUrl), { method: "POST", headers, body });
  const execution = answer.ok ? toRecord(toRecord(answer.json)?.["workflowExecution"]) : undefined;
  if (typeof execution?.["id"] === "string") return execution["id"];
  report.add("jumio_start_refused", "JUMIO_WORKFLOW_KEY", describeProbe(answer));
  return undefined;
}
