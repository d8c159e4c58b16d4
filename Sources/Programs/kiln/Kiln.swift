import ArgumentParser

/// The command line's root.
struct Kiln: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kiln",
    abstract: "Fire YAML recipes into GPU-ready WSL 2 distributions.",
    discussion: """
      Exit status: 0 done, 1 the work failed, 2 wrong use or a bad recipe, 130 interrupted.
      docs/errors.md explains each error code.
      """,
    version: Version.text,
    subcommands: [
      BuildCommand.self, LockCommand.self, PlanCommand.self, LintCommand.self, VerifyCommand.self,
      InspectCommand.self, DiffCommand.self, ExplainCommand.self, ShellCommand.self,
      StoreCommand.self, SchemaCommand.self,
    ])
}
