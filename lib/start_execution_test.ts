import assert from "node:assert/strict";
import { createTestContext } from "../tests/support/context.ts";
import { acceptRestart } from "./start_execution.ts";

const OPERATOR = { name: "grace", secretId: "01234567" };

for (
  const [outcome, ofPerson, ofOperator] of [
    ["passed", false, false],
    ["warning", false, true],
    ["rejected", false, true],
    ["abandoned", true, true],
    ["inconclusive", true, true],
  ] as const
) {
  Deno.test(`acceptRestart() after ${outcome}: by the person ${ofPerson}, by an operator ${ofOperator}`, async () => {
    await using service = await createTestContext();
    const identityId = await service.register();
    await service.jumio.finish(service.jumio.executions[0]?.id ?? "", outcome);
    await service.drain();
    const options = { identityId, now: service.clock.now };

    assert.equal(await acceptRestart(service.store, options), ofPerson);
    const isTaken = await acceptRestart(service.store, { ...options, operator: OPERATOR });
    assert.equal(isTaken, ofOperator);
  });
}
