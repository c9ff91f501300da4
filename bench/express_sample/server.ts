// SPDX-License-Identifier: Apache-2.0
// The shape of the public sample: Express 4, the raw body kept by `verify`, the secret compared in
// constant time, then the answer. It has none of the bridge's other checks.
import { timingSafeEqual } from "node:crypto";
import express from "express";

type Kept = { rawBody?: Buffer };

const secret = Buffer.from(process.env.ORY_WEBHOOK_SECRET ?? "");
const app = express();
app.use(express.json({ verify: (request, _response, bytes) => ((request as Kept).rawBody = bytes) }));

app.post("/jumio/validate", (request, response) => {
  const given = Buffer.from(String(request.headers["x-webhook-secret"] ?? ""));
  if (given.length !== secret.length || !timingSafeEqual(given, secret)) {
    return response.status(401).json({ error: "unauthorized" });
  }
  if (request.body?.jumio?.status === "rejected") {
    return response.status(403).json({ messages: [{ messages: [{ text: "Rejected" }] }] });
  }
  return response.status(200).json({});
});

app.get("/health", (_request, response) => response.json({ status: "up" }));

app.listen(Number(process.env.PORT), "127.0.0.1");
