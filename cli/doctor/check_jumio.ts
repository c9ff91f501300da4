// SPDX-License-Identifier: Apache-2.0
import type { Config } from "../../lib/config/config.ts";
import { toRecord } from "../kratos_config/edit.ts";
import type { Report } from "./findings.ts";
import { describeProbe, type SendProbe } from "./probe.ts";

/** The form of Jumio's ids. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

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
  // Visible ASCII, as the service requires of a token.
  const isToken = typeof token === "string" && /^[\x21-\x7e]+$/.test(token);
  if (answer.ok && answer.status === 200 && isToken) return token;
  report.add("jumio_token_refused", "JUMIO_AUTH_URL", describeProbe(answer));
  return undefined;
}

/** Uses an account that does not exist: a client with the right permissions gets Jumio's 404. */
async function checkPermissions(
  { accountUrl, retrievalUrl }: Config["jumio"],
  { probe, report, headers, body }: Checking & { headers: Record<string, string>; body: string },
): Promise<void> {
  const accountPath = `accounts/${crypto.randomUUID()}`;
  const executionPath = `${accountPath}/workflow-executions/${crypto.randomUUID()}`;
  const calls = [
    { id: "jumio_account_refused", url: new URL(accountPath, accountUrl), method: "PUT", body },
    { id: "jumio_retrieval_refused", url: new URL(executionPath, retrievalUrl), method: "GET" },
  ] as const;
  for (const { id, url, ...init } of calls) {
    const answer = await probe(url, { ...init, headers });
    if (!answer.ok || answer.status !== 404) {
      report.add(id, url.host, describeProbe(answer));
    } else if (!await refusesOtherToken(url, { init: { ...init, headers }, probe })) {
      report.add(id, url.host, "It answers 404 also without a token of Jumio's: it is not Jumio");
    }
  }
}

/** Any host can answer 404. Only Jumio's API first looks at the token. */
async function refusesOtherToken(
  url: URL,
  { init, probe }: { init: RequestInit & { headers: Record<string, string> }; probe: SendProbe },
): Promise<boolean> {
  const headers = { ...init.headers, "authorization": `Bearer ${crypto.randomUUID()}` };
  const answer = await probe(url, { ...init, headers });
  return answer.ok && [400, 401, 403].includes(answer.status);
}

async function startExecution(
  { accountUrl }: Config["jumio"],
  { probe, report, headers, body }: Checking & { headers: Record<string, string>; body: string },
): Promise<string | undefined> {
  const answer = await probe(new URL("accounts", accountUrl), { method: "POST", headers, body });
  const started = answer.ok ? toRecord(answer.json) : undefined;
  const [account, execution] = [started?.["account"], started?.["workflowExecution"]]
    .map((part) => String(toRecord(part)?.["id"]));
  if ([account, execution].every((id) => UUID.test(id ?? ""))) return execution;
  report.add("jumio_start_refused", "JUMIO_WORKFLOW_KEY", describeProbe(answer));
  return undefined;
}
