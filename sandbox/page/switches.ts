import type { JumioSimulator } from "../simulators/jumio/simulator.ts";
import type { KratosSimulator } from "../simulators/kratos/simulator.ts";
import type { OryActions } from "../../cli/kratos_config/ory_actions.ts";
import type { ServiceSwitch } from "./service_switch.ts";

/** Something that goes well until a visitor of the page decides otherwise. */
export interface FaultSwitch {
  readonly name: string;
  readonly label: string;
  /** The first is how it should be. */
  readonly options: readonly { readonly value: string; readonly label: string }[];
  read(): string;
  set(value: string): void | Promise<void>;
}

/** Longer than a registration waits for Jumio, shorter than a call to Jumio may take. */
const SLOW_MS = 4_500;

const CALLBACKS = {
  deliver: "delivered",
  repeat: "sent three times",
  drop: "dropped",
  unsigned: "without token or signature",
  forged: "with a forged signature",
} as const;

/** Creates the switches of the page, each over what it breaks. */
export function createSwitches(
  { jumio, kratos, actions, service }: {
    jumio: JumioSimulator;
    kratos: KratosSimulator;
    /** The hooks as they should be. */
    actions: OryActions;
    service: ServiceSwitch;
  },
): readonly FaultSwitch[] {
  let hook = "right";
  return [
    {
      name: "jumio",
      label: "Jumio",
      options: [
        { value: "up", label: "works" },
        { value: "slow", label: "takes 4.5 seconds" },
        { value: "down", label: "is down" },
      ],
      read: () => jumio.faults.isDown ? "down" : jumio.faults.slowMs > 0 ? "slow" : "up",
      set(value) {
        jumio.faults.isDown = value === "down";
        jumio.faults.slowMs = value === "slow" ? SLOW_MS : 0;
      },
    },
    {
      name: "callbacks",
      label: "Jumio’s callbacks are",
      options: Object.entries(CALLBACKS).map(([value, label]) => ({ value, label })),
      read: () => jumio.faults.callbacks,
      set(value) {
        const known = Object.keys(CALLBACKS).find((name) => name === value);
        jumio.faults.callbacks = known as keyof typeof CALLBACKS; // an option's, says the caller
      },
    },
    {
      name: "ory",
      label: "Ory’s admin API",
      options: [{ value: "up", label: "works" }, { value: "down", label: "is down" }],
      read: () => kratos.faults.isAdminDown ? "down" : "up",
      set(value) {
        kratos.faults.isAdminDown = value === "down";
      },
    },
    {
      name: "hook",
      label: "The registration hook",
      options: [
        { value: "right", label: "is set up well" },
        { value: "wrong", label: "has parse: true" },
      ],
      read: () => hook,
      set(value) {
        hook = value;
        kratos.configure(value === "wrong" ? parseAtRegistration(actions) : actions);
      },
    },
    {
      name: "service",
      label: "The bridge",
      options: [
        { value: "running", label: "is running" },
        { value: "killed", label: "is killed (kill -9)" },
      ],
      read: () => service.isKilled() ? "killed" : "running",
      set: (value) => value === "killed" ? service.kill() : service.start(),
    },
  ];
}

/** The mistake that one makes: the hook then runs before the identity has an id. */
function parseAtRegistration(actions: OryActions): OryActions {
  const wrong = structuredClone(actions);
  for (const list of Object.values(wrong.selfservice.flows.registration.after)) {
    for (const { config } of Array.isArray(list) ? list : list?.hooks ?? []) {
      if (config !== undefined) config["response"] = { ignore: false, parse: true };
    }
  }
  return wrong;
}
