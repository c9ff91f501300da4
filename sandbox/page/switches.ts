// SPDX-License-Identifier: Apache-2.0
import type { JumioSimulator } from "../simulators/jumio/simulator.ts";
import type { KratosSimulator } from "../simulators/kratos/simulator.ts";
import type { OryActions } from "../../cli/kratos_config/ory_actions.ts";
import type { ServiceSwitch } from "./service_switch.ts";

/** A fault that a visitor of the page can switch on and off. */
export interface FaultSwitch {
  readonly name: string;
  readonly label: string;
  /** The first option is the one without a fault. */
  readonly options: readonly { readonly value: string; readonly label: string }[];
  read(): string;
  /** Takes the value of one of the options. */
  set(value: string): void | Promise<void>;
}

/** Longer than a registration waits for Jumio, and shorter than the limit of a call to Jumio. */
const SLOW_MS = 4_500;

const CALLBACK_LABELS = {
  deliver: "delivered",
  repeat: "sent three times",
  drop: "dropped",
  unsigned: "without token or signature",
  forged: "with a forged signature",
} as const;

/** Creates the switches of the page. */
export function createSwitches(
  { jumio, kratos, actions, service }: {
    jumio: JumioSimulator;
    kratos: KratosSimulator;
    /** The correct configuration of the hooks. */
    actions: OryActions;
    service: ServiceSwitch;
  },
): readonly FaultSwitch[] {
  return [
    createJumioSwitch(jumio),
    createCallbacksSwitch(jumio),
    createOrySwitch(kratos),
    createHookSwitch(kratos, actions),
    createPolicySwitch(service),
    createBridgeSwitch(service),
  ];
}

function createJumioSwitch({ faults }: JumioSimulator): FaultSwitch {
  return {
    name: "jumio",
    label: "Jumio",
    options: [
      { value: "up", label: "works" },
      { value: "slow", label: "takes 4.5 seconds" },
      { value: "down", label: "is down" },
    ],
    read: () => faults.isDown ? "down" : faults.slowMs > 0 ? "slow" : "up",
    set(value) {
      faults.isDown = value === "down";
      faults.slowMs = value === "slow" ? SLOW_MS : 0;
    },
  };
}

function createCallbacksSwitch({ faults }: JumioSimulator): FaultSwitch {
  return {
    name: "callbacks",
    label: "Jumio’s callbacks are",
    options: Object.entries(CALLBACK_LABELS).map(([value, label]) => ({ value, label })),
    read: () => faults.callbacks,
    set(value) {
      const known = Object.keys(CALLBACK_LABELS).find((name) => name === value);
      // The caller passes the value of an option.
      faults.callbacks = known as keyof typeof CALLBACK_LABELS;
    },
  };
}

function createOrySwitch({ faults }: KratosSimulator): FaultSwitch {
  return {
    name: "ory",
    label: "Ory’s admin API",
    options: [{ value: "up", label: "works" }, { value: "down", label: "is down" }],
    read: () => faults.isAdminDown ? "down" : "up",
    set(value) {
      faults.isAdminDown = value === "down";
    },
  };
}

function createHookSwitch(kratos: KratosSimulator, actions: OryActions): FaultSwitch {
  let current = "right";
  return {
    name: "hook",
    label: "The registration hook",
    options: [
      { value: "right", label: "is correct" },
      { value: "wrong", label: "has parse: true" },
    ],
    read: () => current,
    set(value) {
      current = value;
      kratos.configure(value === "wrong" ? parseAtRegistration(actions) : actions);
    },
  };
}

/** The setting `LOGIN_BLOCKED_STATUSES`. The bridge starts again with it. */
function createPolicySwitch(service: ServiceSwitch): FaultSwitch {
  return {
    name: "policy",
    label: "The bridge refuses to sign in",
    options: [
      { value: "rejected", label: "rejected people" },
      { value: "rejected,expired", label: "rejected and expired people" },
      { value: "none,pending,review,rejected,expired", label: "all who are not verified" },
    ],
    read: () => service.env["LOGIN_BLOCKED_STATUSES"] ?? "",
    set: (value) => service.set("LOGIN_BLOCKED_STATUSES", value),
  };
}

function createBridgeSwitch(service: ServiceSwitch): FaultSwitch {
  return {
    name: "service",
    label: "The bridge",
    options: [
      { value: "running", label: "is running" },
      { value: "killed", label: "is killed (kill -9)" },
    ],
    read: () => service.isKilled() ? "killed" : "running",
    set: (value) => value === "killed" ? service.kill() : service.start(),
  };
}

/** A common mistake: with `parse: true` the hook runs before the identity has an id. */
function parseAtRegistration(actions: OryActions): OryActions {
  const wrong = structuredClone(actions);
  for (const list of Object.values(wrong.selfservice.flows.registration.after)) {
    for (const { config } of Array.isArray(list) ? list : list?.hooks ?? []) {
      if (config !== undefined) config["response"] = { ignore: false, parse: true };
    }
  }
  return wrong;
}
