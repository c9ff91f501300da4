// SPDX-License-Identifier: Apache-2.0
/** A bad environment: every problem at once, each naming a setting and never its value. */
export class ConfigError extends Error {
  /** For logs. */
  override readonly name = "ConfigError";
  /** One for each problem, beginning with the name of the setting. */
  readonly problems: readonly string[];

  /** Puts all problems into one message. */
  constructor(problems: readonly string[]) {
    super(
      `Cannot start: settings are missing or wrong:\n${
        problems.map((problem) => `  - ${problem}`).join("\n")
      }`,
    );
    this.problems = problems;
  }
}
