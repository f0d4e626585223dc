import ArgumentParser

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Apply or look at migrations without a server.",
        discussion: "How to write one is in migrations/README.md.",
        subcommands: [
            MigrateUp.self, MigrateStatus.self, MigrateCheck.self, MigrateNew.self, MigrateVerify.self,
            MigrateBaseline.self, MigrateRepair.self, MigrateDump.self,
        ]
    )
}
