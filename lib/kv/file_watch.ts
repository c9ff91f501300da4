// SPDX-License-Identifier: Apache-2.0
import { UpstreamError } from "../upstream/error.ts";

/** How often the file is looked at. What is written between two looks can be lost. */
const LOOK_EVERY_MS = 1_000;

/** The part of `Deno.FileInfo` that identifies a file. */
export type FileIdentity = Pick<Deno.FileInfo, "dev" | "ino">;

/** Notices that a KV file was deleted or replaced. KV goes on with the deleted file, and fails never. */
export interface FileWatch {
  /** Remembers the file that KV has just opened. */
  remember(): Promise<void>;
  /**
   * Looks at the file, at most once a second.
   *
   * @throws {UpstreamError} `file_gone` if another file, or none, is where KV was opened.
   */
  check(): Promise<void>;
}

export function createFileWatch(
  path: string,
  { read = () => Deno.stat(path), monotonic = () => performance.now(), onGone }: {
    /** Identifies the file. Throws where there is none. */
    read?: () => Promise<FileIdentity>;
    /** Milliseconds of a clock that is never set. */
    monotonic?: () => number;
    /** Called once for each time that the file goes. */
    onGone: () => void;
  },
): FileWatch {
  let opened: FileIdentity | undefined;
  let lookedAt = -Infinity;
  let isGone = false;

  async function look(): Promise<void> {
    const found = await read().catch(() => undefined);
    const isSame = found?.ino === opened?.ino && found?.dev === opened?.dev;
    if (!isSame && !isGone) onGone();
    isGone = !isSame;
  }

  return {
    async remember() {
      opened = await read().catch(() => undefined);
    },
    async check() {
      if (opened === undefined) return;
      if (isGone || monotonic() - lookedAt >= LOOK_EVERY_MS) {
        lookedAt = monotonic();
        await look();
      }
      if (isGone) throw new UpstreamError("kv", "file_gone", { action: "write to KV" });
    },
  };
}
