// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestContext, type TestContext } from "../../../tests/support/context.ts";
import { acceptRestart } from "./restart.ts";

const SECOND = 1_000;
const PRESSING = 16;
const NEWCOMERS = 4;

/** People whose link is over, and each of whose new executions fails at Jumio. */
async function createFailingPeople(service: TestContext): Promise<string[]> {
  const people: string[] = [];
  for (let index = 0; index < PRESSING; index++) {
    people.push(await service.register(`p${index}@example.com`));
    await service.advance(2 * SECOND);
    await service.jumio.finish(service.jumio.executions.at(-1)?.id ?? "", "abandoned");
  }
  await service.advance(10 * SECOND);
  service.jumio.faults.failingReferences = people;
  return people;
}

// At one start a second, each newcomer waits for at most one turn of everybody else. A 500 may cost
// money, so it opens the breaker: then a newcomer is the next probe, within a minute.
for (
  const [status, maxSeconds] of [[503, PRESSING + NEWCOMERS], [
    500,
    60 + PRESSING + NEWCOMERS,
  ]] as const
) {
  Deno.test(`sixteen people who press while their starts fail with ${status} do not keep newcomers waiting`, async () => {
    await using service = await createTestContext();
    const { store, clock } = service;
    const people = await createFailingPeople(service);
    service.jumio.faults.failingStatus = status;
    const before = service.jumio.executions.length;
    const waits: number[] = [];

    for (let newcomer = 0; newcomer < NEWCOMERS; newcomer++) {
      const registered = service.register(`n${newcomer}@example.com`);
      let waited = 0;
      for (; service.jumio.executions.length === before + newcomer && waited < 180; waited++) {
        if (waited % 5 === 0) {
          for (const identityId of people) {
            await acceptRestart(store, {
              identityId,
              maxExecutions: 20,
              now: clock.now,
            });
          }
        }
        await service.advance(SECOND);
      }
      waits.push(waited);
      await registered;
    }

    assert(waits.every((wait) => wait <= maxSeconds), waits.join());
  });
}
