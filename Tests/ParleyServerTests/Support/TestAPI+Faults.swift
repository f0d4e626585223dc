import Database
import DatabaseTesting
import HTTP
import HTTPTypes
import Migrations

@testable import ParleyServer

extension TestAPI {
    /// The same server, whose database fails from now on.
    func failing(_ code: DatabaseError.Code) -> TestAPI {
        for statement in ["SELECT", "INSERT"] { database.fail(statementsContaining: statement, with: .secret(code)) }
        return self
    }

    /// What the HTTP server answers when it refuses a request by itself.
    func refuse(_ refusal: Refusal) throws -> Response {
        try refuse(refusal, Request(.post, "/conversations"))
    }

    func refuse(_ refusal: Refusal, _ request: Request) throws -> Response {
        let response = api.refuse(refusal, request)
        contract.check(response, to: request)
        return response
    }

    /// How far a boot is that has not reached its end.
    enum BootStage { case waitingForLock, pending, failed, schemaAhead }

    /// The same server, after a boot that came this far.
    func booting(_ stages: [BootStage]) async throws -> TestAPI {
        for stage in stages { try await boot(to: stage) }
        return self
    }

    private func boot(to stage: BootStage) async throws {
        let directory = try TemporaryDirectory()
        try directory.write("SELECT 1;", to: "001_a.sql")
        switch stage {
        case .waitingForLock: state.waitForLock()
        case .pending:
            let service = MigrationService(database: database, directory: directory.path)
            state.record(.planned(try await service.plan()))
        case .failed:
            try directory.write("SELECT secret FROM vault;", to: "001_a.sql")
            await runAndHold(directory)
        case .schemaAhead:
            try directory.write("SELECT 1;", to: "002_b.sql")
            try await MigrationService(database: database, directory: directory.path).runMigrations()
            let older = try TemporaryDirectory()
            try older.write("SELECT 1;", to: "001_a.sql")
            await runAndHold(older)
        }
    }

    private func runAndHold(_ directory: TemporaryDirectory) async {
        _ = try? await MigrationService(database: database, directory: directory.path, observer: state.record).runMigrations()
    }
}
