// SPDX-License-Identifier: Apache-2.0
/** What a process uses, as Linux reports it. */
export interface ProcessUse {
  /** Processor time since the process started. */
  readonly cpuSeconds: number;
  readonly residentMb: number;
}

const PAGES_PER_MB = 256;
const TICKS_PER_SECOND = 100;

/** Reads the use of a process with `cat`, because Deno reads `/proc` only with all permissions. */
export async function readProcessUse(pid: number): Promise<ProcessUse> {
  const args = [`/proc/${pid}/stat`];
  const { stdout } = await new Deno.Command("cat", { args }).output();
  // The name of the command is the second field and may hold spaces; fields are counted after it.
  const fields = new TextDecoder().decode(stdout).replace(/^.*\) /s, "").split(" ");
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    residentMb: Number(fields[21]) / PAGES_PER_MB,
  };
}
