// SPDX-License-Identifier: Apache-2.0
/** A line of JSON, and whether it differs from before. */
export interface JsonLine {
  readonly text: string;
  readonly isChanged: boolean;
}

/** Prints a value as JSON, and marks the lines that differ from the value before. */
export function printJson(
  value: unknown,
  before: unknown,
  { indent = "", name }: { indent?: string; name?: string } = {},
): JsonLine[] {
  const prefix = indent + (name === undefined ? "" : `${JSON.stringify(name)}: `);
  const isChanged = JSON.stringify(value) !== JSON.stringify(before);
  if (typeof value !== "object" || value === null) {
    return [{ text: prefix + JSON.stringify(value ?? null), isChanged }];
  }
  const entries = Object.entries(value);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (entries.length === 0) return [{ text: prefix + open + close, isChanged }];
  const wasContainer = typeof before === "object" && before !== null;
  const inner = entries.flatMap(([key, item], position) => {
    const was = wasContainer ? Object.entries(before).find(([known]) => known === key) : undefined;
    const lines = printJson(item, was?.[1], {
      indent: `${indent}  `,
      ...(Array.isArray(value) ? {} : { name: key }),
    });
    const isLast = position === entries.length - 1;
    return lines.map((line, index) =>
      isLast || index < lines.length - 1 ? line : { ...line, text: `${line.text},` }
    );
  });
  return [
    { text: prefix + open, isChanged: !wasContainer },
    ...inner,
    { text: indent + close, isChanged: !wasContainer },
  ];
}
