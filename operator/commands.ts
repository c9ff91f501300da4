import type { Command } from "./command.ts";
import { doctor } from "./doctor.ts";
import { migrate } from "./migrate.ts";
import { render } from "./render.ts";

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [render, doctor, migrate];
