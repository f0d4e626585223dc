import ArgumentParser
import ParleyServer

@main
struct Parley: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parley",
        abstract: "A self-migrating conversation store: one binary, one SQLite file, one HTTP API.",
        discussion: """
            Start a server on ./parley.db and http://127.0.0.1:8080:
              parley serve --migrations migrations

            Every setting may also stand in the environment (--log-level debug is PARLEY_LOG_LEVEL=debug) and in the file that --config \
            or PARLEY_CONFIG names (log-level: debug). The command line wins, then the environment, then the file; parley config print \
            shows what holds.

            Exit status:
              0   success; for serve: it was told to stop, and every request was answered
              1   a probe or status says no, check has findings, or requests were cut when the server stopped
              2   the database cannot be used, or standard output cannot be written
              3   a migration failed, or the files are not in order; the diagnosis is on standard error
              4   another process holds the database
              5   the server cannot listen on its address
              64  the command line, the environment, or a file that they name is wrong
            """,
        version: Release.version,
        subcommands: [Serve.self, Migrate.self, BackupCommand.self, TokenCommand.self, Config.self, Healthcheck.self]
    )
}
