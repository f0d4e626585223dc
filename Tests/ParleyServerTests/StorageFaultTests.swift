import Database
import DatabaseTesting
import HTTP
import HTTPTypes
import Testing

@testable import ParleyServer

@Suite struct StorageFaultTests {
    private let server: TestAPI

    init() async throws {
        server = try await TestAPI()
    }

    private static let faults: [(code: DatabaseError.Code, status: Int, problem: String)] = [
        (.storageFull, 507, "storage-full"), (.ioFailure, 503, "database-unavailable"), (.busy, 503, "busy"),
        (.readOnly, 503, "database-unavailable"),
        (.corrupt, 503, "database-unavailable"),
    ]

    @Test(arguments: faults, [["COMMIT"], ["INSERT", "UPDATE", "DELETE"]])
    func `a write that fails says so and leaves nothing half written`(
        fault: (code: DatabaseError.Code, status: Int, problem: String),
        statements: [String]
    ) async throws {
        let path = try await server.create().path
        let before = try await server.send(.get, "/conversations").body
        for statement in statements { server.database.fail(statementsContaining: statement, with: .secret(fault.code)) }
        let other = "/conversations/0198c0de-7a3f-7d52-9c1b-3f2a51c0de99"
        let writes: [(HTTPRequest.Method, String)] = [
            (.post, "/conversations"), (.put, other), (.put, path), (.patch, path), (.delete, path),
        ]
        for (method, target) in writes {
            let response = try await server.send(method, target, json: #"{"title":"lost"}"#)
            #expect(try response.status.code == fault.status && response.problem.code == fault.problem)
        }
        for statement in statements { server.database.fail(statementsContaining: statement, with: nil) }
        #expect(try await server.send(.get, "/conversations").body == before)
    }

    @Test func `with the disk full, reading works and readiness fails until there is room`() async throws {
        let path = try await server.create().path
        server.database.fail(statementsContaining: "COMMIT", with: .secret(.storageFull))
        #expect(try await server.send(.get, "/readyz").status.code == 200)
        #expect(try await server.send(.post, "/conversations").status.code == 507)
        for _ in 0..<3 { #expect(try await server.send(.get, "/readyz").status.code == 503) }
        #expect(try await server.send(.get, path).status.code == 200)
        #expect(try await server.send(.get, "/startupz").status.code == 200)
        server.database.fail(statementsContaining: "COMMIT", with: nil)
        #expect(try await server.send(.get, "/readyz").status.code == 200)
        #expect(try await server.send(.post, "/conversations").status.code == 201)
    }

    @Test(arguments: [DatabaseError.Code.busy, .interrupted, .uniqueViolation, .invalidStatement])
    func `a fault that is not the disk's leaves the server ready`(code: DatabaseError.Code) async throws {
        server.database.fail(statementsContaining: "INSERT", with: .secret(code))
        _ = try await server.send(.post, "/conversations")
        #expect(try await server.send(.get, "/readyz").status.code == 200)
    }
}
