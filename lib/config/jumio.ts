// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { createSecret } from "../crypto/secret.ts";
import { isLoopback } from "../http/client_address.ts";
import { createApiUrl, createTokenUrl, listWebSources } from "../jumio/addresses.ts";
import { MAX_LISTED_EXECUTIONS } from "../verification/executions.ts";
import { headerText, httpUrl, number, text } from "./_setting.ts";

const jumioUrl = httpUrl.refine(
  (url) => url.protocol === "https:" || isLoopback(url),
  "must begin with https://, except on a loopback address: it gets the client secret",
);

/** Jumio's APIs, and how to use them. */
export const JumioSettings = z.object({
  JUMIO_AUTH_URL: jumioUrl,
  JUMIO_API_BASE_URL: jumioUrl,
  JUMIO_CLIENT_ID: headerText,
  JUMIO_CLIENT_SECRET: headerText.transform(createSecret),
  JUMIO_WORKFLOW_KEY: text.default("10011"),
  JUMIO_STARTS_PER_SECOND: number({ min: 0.01, max: 1000, isWhole: false }).default(1),
  MAX_EXECUTIONS_PER_PERSON: number({ min: 1, max: MAX_LISTED_EXECUTIONS }).default(20),
}).transform(({ JUMIO_AUTH_URL: authUrl, JUMIO_API_BASE_URL: apiUrl, ...env }) => ({
  tokenUrl: createTokenUrl(authUrl),
  accountUrl: createApiUrl(apiUrl, "account"),
  retrievalUrl: createApiUrl(apiUrl, "retrieval"),
  webSources: listWebSources({ authUrl, apiUrl }),
  clientId: env.JUMIO_CLIENT_ID,
  clientSecret: env.JUMIO_CLIENT_SECRET,
  workflowKey: env.JUMIO_WORKFLOW_KEY,
  startsPerSecond: env.JUMIO_STARTS_PER_SECOND,
  /** How many executions one person may have in all. Each may cost money. */
  maxExecutions: env.MAX_EXECUTIONS_PER_PERSON,
}));
