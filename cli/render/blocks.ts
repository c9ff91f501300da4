// SPDX-License-Identifier: Apache-2.0
import { stringify } from "yaml";
import {
  addWithParents,
  applyEdit,
  type Edit,
  type Path,
  readPath,
} from "../kratos_config/edit.ts";

/** Says that what is printed is not the whole file. */
export const BLOCKS_NOTE =
  "This file cannot be changed without changing or losing other parts of it, such as a comment in " +
  "a hook that has to go. So the output has only the settings that change, and is no whole file. " +
  "Put each of them in place of the setting of the same name, by hand";

/** Prints the settings that the edits change, whole lists of hooks, as they are to be. */
export function printBlocks(config: unknown, edits: readonly Edit[]): string {
  const edited = structuredClone(config);
  for (const edit of edits) applyEdit(edited, edit);
  const blocks = {};
  for (const { path } of edits) {
    const section = findSection(path);
    applyEdit(blocks, addWithParents(blocks, section, readPath(edited, section)));
  }
  const text = stringify(blocks, { aliasDuplicateObjects: false, lineWidth: 0 });
  return `# Only the settings that change, and not the whole file\n${text}`;
}

/** The list of hooks around a change; otherwise the change itself. */
function findSection(path: Path): Path {
  const end = path.indexOf("hooks");
  return end === -1 ? path : path.slice(0, end + 1);
}
