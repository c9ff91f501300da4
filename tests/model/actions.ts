// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { type Outcome, OUTCOMES } from "../../sandbox/simulators/jumio/simulator.ts";

/** What can happen in a world. Plain data, so that a failure can be shrunk and printed. */
export type Action =
  | { type: "register"; person: number; instances: number[]; atOnce: boolean }
  /** With the newest link, or with an older one that the person has kept open. */
  | { type: "finish"; person: number; older: number; outcome: Outcome }
  | { type: "callback"; person: number; execution: number; how: CallbackKind; instances: number[] }
  /** The person presses the button. With `waits`, when the link of their execution is nearly over. */
  | { type: "again"; person: number; instance: number; waits: boolean }
  | { type: "operate"; person: number; instance: number; does: Operation }
  /** With `stalls`, time passes during the work: a process that is suspended and continues. */
  | { type: "advance"; seconds: number; stalls: boolean }
  | { type: "fault"; fault: Fault; isOn: boolean }
  | { type: "crash"; instance: number; after: number; at: "before" | "after" | "call" }
  | { type: "restart"; instance: number }
  /** A writer outside that read the identity earlier and now writes all of it: the last one wins. */
  | { type: "old writer"; person: number; does: "reads" | "writes" }
  /** A program outside writes all of `metadata_public`, at any time. */
  | { type: "overwrite"; person: number; by: Overwriting; copy: number }
  /** `asksAll`: the template is that of `render --ask-all`. */
  | { type: "sign in"; person: number; instance: number; asksAll: boolean }
  /** An operator lets an identity be compared with our record. */
  | { type: "publish again"; person: number; instance: number }
  /** An operator lets all identities be compared. */
  | { type: "sweep"; instance: number }
  /** An operator lets events be delivered again after the application's 410. */
  | { type: "resume events"; instance: number }
  | { type: "delete"; person: number };

/** The actions of one type. */
export type ActionOf<Type extends Action["type"]> = Action & { type: Type };

/** `early` says PROCESSED before the end. `foreign` has another execution's token, `forged` none. */
export type CallbackKind = "genuine" | "early" | "intermediate" | "forged" | "foreign";

/** What an operator can do. */
export type Operation = "restart" | "verify" | "reject" | "refresh" | "expire" | "erase";

/**
 * What a program outside writes: nothing (an administrator's PUT without the field), a value that is
 * not an object, a copy that it kept, or `verified` in place of `rejected`.
 */
export type Overwriting = "nothing" | "string" | "array" | "old copy" | "verified";

/** What can be wrong in a world until it is repaired. */
export type Fault =
  | "jumio down"
  | "jumio rubbish"
  | "jumio loses an answer"
  | "jumio fails after starts"
  | "kratos down"
  | "kratos loses a patch"
  | "kratos stores no patch"
  | "application down"
  | "application refuses an event"
  | "application loses an answer"
  | "application gone"
  | "kv down"
  | "kv answers too late";

/** How many people and instances there are. Few, so that actions meet. */
export const PERSONS = 2;
export const INSTANCES = 2;

const person = fc.nat({ max: PERSONS - 1 });
const instance = fc.nat({ max: INSTANCES - 1 });
const instances = fc.array(instance, { minLength: 1, maxLength: 3 });

/** Any action. The frequent ones are those without which the others have no effect. */
export const anyAction: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("register" as const),
      person,
      instances,
      atOnce: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("finish" as const),
      person,
      older: fc.constantFrom(0, 0, 1, 2),
      outcome: fc.constantFrom(...OUTCOMES),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("callback" as const),
      person,
      execution: fc.nat({ max: 2 }),
      how: fc.constantFrom<CallbackKind>(
        "genuine",
        "genuine",
        "early",
        "intermediate",
        "forged",
        "foreign",
      ),
      instances,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("again" as const),
      person,
      instance,
      waits: fc.constantFrom(true, true, false),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("operate" as const),
      person,
      instance,
      does: fc.constantFrom<Operation>(
        "restart",
        "restart",
        "verify",
        "verify",
        "reject",
        "refresh",
        "expire",
        "erase",
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("advance" as const),
      seconds: fc.constantFrom(1, 1, 5, 30, 60, 600, 1_200, 1_800),
      stalls: fc.constantFrom(false, false, false, false, true),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("fault" as const),
      fault: fc.constantFrom<Fault>(
        "jumio down",
        "jumio rubbish",
        "jumio loses an answer",
        "jumio fails after starts",
        "kratos down",
        "kratos loses a patch",
        "kratos stores no patch",
        "kv down",
        "kv answers too late",
      ),
      isOn: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("fault" as const),
      fault: fc.constantFrom<Fault>(
        "application down",
        "application refuses an event",
        "application refuses an event",
        "application loses an answer",
        "application gone",
      ),
      isOn: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("crash" as const),
      instance,
      after: fc.nat({ max: 6 }),
      at: fc.constantFrom("before" as const, "after" as const, "call" as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("restart" as const), instance }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("old writer" as const),
      person,
      does: fc.constantFrom("reads" as const, "writes" as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("overwrite" as const),
      person,
      by: fc.constantFrom<Overwriting>("nothing", "string", "array", "old copy", "verified"),
      copy: fc.nat({ max: 4 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("sign in" as const),
      person,
      instance,
      asksAll: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant("publish again" as const), person, instance }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("sweep" as const), instance }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("resume events" as const), instance }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("delete" as const), person }) },
);
