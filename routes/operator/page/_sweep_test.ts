// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  createOperatedContext,
  registerWithoutHooks,
} from "../../../tests/support/operator_api.ts";
import {
  NO_SWEEP_COUNTS,
  type SweepReport,
  type SweepState,
} from "../../../lib/verification/sweep.ts";
import { renderHtml } from "../../../lib/http/html.ts";
import { readStatus } from "../../../lib/operator/service_status.ts";
import { renderDashboard } from "./_dashboard.ts";
import { renderSweep } from "./_sweep.ts";

const NOW = Date.UTC(2026, 4, 4);
const MINUTE = 60_000;

function report(changes: Partial<SweepReport> = {}): SweepReport {
  return {
    v: 1,
    startedAt: NOW - MINUTE,
    endedAt: NOW - MINUTE,
    end: "finished",
    requestedBy: null,
    counts: NO_SWEEP_COUNTS,
    neverStartedIds: [],
    ...changes,
  };
}

function render(changes: Partial<SweepState>): string {
  const state: SweepState = {
    state: "waiting",
    dueAt: NOW + MINUTE,
    progress: undefined,
    last: null,
    lastDryRun: null,
    neverStarted: 0,
    ...changes,
  };
  return renderHtml(renderSweep(state, NOW));
}

Deno.test("renderSweep() says when the next sweep begins, and how the last one ended", () => {
  const page = render({ last: report({ counts: { ...NO_SWEEP_COUNTS, lookedAt: 42 } }) });

  assert.match(page, /The next one begins in 1 min\./);
  assert.match(page, /<dd>42<\/dd>/);
});

Deno.test("renderSweep() lists people who were never started, with the command that starts them", () => {
  const page = render({ last: report({ neverStartedIds: ["i-1"] }), neverStarted: 1 });

  assert.match(page, /Registered, but never started: 1/);
  assert.match(page, /href="\.\/\?id=i-1"/);
  assert.match(page, /operator verification start/);
});

Deno.test("the operator's page says that somebody was never started, not that nothing is to do", async () => {
  await using service = await createOperatedContext();
  await registerWithoutHooks(service);
  await service.context.planSweep();
  await service.advance(MINUTE);
  await service.advance(1_000);
  const status = await readStatus(service.store, { now: service.clock.now });

  const page = renderHtml(renderDashboard({
    operator: { name: "grace", secretId: "00000000", isReadOnly: false },
    status,
    hours: [],
    letters: [],
    hasMoreLetters: false,
    notice: undefined,
    now: service.clock.now,
  }));

  assert.match(page, /One person registered and was never started/);
  assert.doesNotMatch(page, /Nothing needs you/);
});
