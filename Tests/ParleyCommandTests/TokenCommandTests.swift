import DatabaseTesting
import Glibc
import HTTPTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct TokenCommandTests {
    private let workplace: Workplace
    private var file: String { workplace.directory.file("tokens") }

    init() throws {
        workplace = try Workplace()
    }

    private func create(_ name: String, _ scope: String, _ more: String...) async throws -> String {
        let parley = try Parley(["token", "create", "--token-file", file, "--name", name, "--scope", scope] + more)
        #expect(await parley.exit() == 0)
        return await parley.output.whole().trimmingSuffix("\n")
    }

    @Test func `a token that is made opens the server, and standard output has nothing else`() async throws {
        let (reader, writer) = (try await create("reader", "read"), try await create("writer", "write", "--expires", "90d"))
        let server = try await workplace.serve("--token-file", file).ready()
        let client = try Client(server.address)
        client.get("/conversations")
        #expect(try await client.reply().status == 401)
        client.get("/conversations", headers: "Authorization: Bearer \(reader)\r\n")
        #expect(try await client.reply().status == 200)
        client.send("POST /conversations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(reader)\r\nContent-Length: 0\r\n\r\n")
        #expect(try await client.reply().status == 403)
        client.send("POST /conversations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(writer)\r\nContent-Length: 0\r\n\r\n")
        #expect(try await client.reply().status == 201)
        #expect(await server.stop() == 0)
        let log = await server.parley.errors.whole()
        #expect(!log.contains(reader) && !log.contains(writer), "no token is ever logged")
    }

    @Test func `with tokens it serves on an address that others can reach`() async throws {
        _ = try await create("reader", "read")
        let server = try await workplace.serve("--host", "0.0.0.0", "--token-file", file).ready()
        #expect(try await server.get("/conversations").status == 401)
        #expect(await server.stop() == 0)
        #expect(await server.parley.errors.whole().contains("tokens travel to this address unencrypted"))
    }

    @Test func `tokens are listed without their texts, and revoked by their names`() async throws {
        let text = try await create("ci", "admin")
        let listed = try await Parley.run("token", "list", environment: ["PARLEY_TOKEN_FILE": file])
        #expect(listed.status == 0 && listed.output.contains("ci ") && listed.output.contains("admin") && !listed.output.contains(text))
        #expect(try await Parley.run("token", "revoke", "ci", "--token-file", file).status == 0)
        let again = try await Parley.run("token", "revoke", "ci", "--token-file", file)
        #expect(again.status == 64 && again.errors == "Error: there is no token called ci\n")
    }

    @Test(arguments: [
        (["create", "--name", "a", "--scope", "read"], "say which token file"),
        (["create", "--name", "a b", "--scope", "read", "--token-file", "/nowhere/t"], "--name takes"),
        (["create", "--name", "a", "--scope", "root", "--token-file", "/nowhere/t"], "read, write or admin"),
        (["create", "--name", "a", "--scope", "read", "--expires", "soon", "--token-file", "/nowhere/t"], "90d"),
        (["create", "--name", "a", "--scope", "read", "--token-file", "/nowhere/t"], "cannot open the directory /nowhere/"),
        (["list", "--token-file", "/nowhere/t"], "there is no token file /nowhere/t"),
    ])
    func `what cannot be is 64, with what to do`(arguments: [String], sentence: String) async throws {
        let parley = try Parley(["token"] + arguments)
        #expect(await parley.exit() == 64)
        #expect(await parley.errors.whole().contains(sentence))
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
