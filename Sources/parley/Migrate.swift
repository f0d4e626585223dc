import ArgumentParser

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Write, check, apply and look after migrations, without a server.",
        discussion: """
            A migration from idea to production: new writes the file, check looks for errors and dangers, up --dry-run tries it on a copy of the \
            data, up (or the next start of the server) applies it, status shows where it stands, and verify finds what was changed by hand. baseline \
            adopts a database that was made without Parley; repair accepts files that were edited or renamed on purpose; dump prints the schema.
            """,
        subcommands: [
            MigrateUp.self, MigrateStatus.self, MigrateCheck.self, MigrateNew.self, MigrateVerify.self,
            MigrateBaseline.self, MigrateRepair.self, MigrateDump.self,
        ]
    )
}
