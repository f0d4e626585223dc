import DatabaseTesting
import FoundationEssentials
import Glibc
import HTTP
import Testing

@testable import ParleyServer

@Suite struct TokenFileTests {
    private let directory: TemporaryDirectory
    private let file: TokenFile

    init() throws {
        directory = try TemporaryDirectory()
        file = TokenFile(path: directory.file("tokens"))
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        _ = unsafe stat(path, &status)
        return status.st_mode & 0o777
    }

    private func failure(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no failure"
        } catch {
            return "\(error)"
        }
    }

    @Test func `a token is known again by its digest, and its text is nowhere in the file`() throws {
        let text = try file.create(name: "ci", scope: .write, lifetime: nil)
        #expect(text.wholeMatch(of: /parley_[0-9a-f]{64}/) != nil)
        let token = try #require(try file.read().first)
        #expect(token.name == "ci" && token.scope == .write && token.expiresAt == nil)
        #expect(token.digest.equals(TokenDigest(of: text.utf8.span)))
        let stored = try String(contentsOf: URL(fileURLWithPath: file.path), encoding: .utf8)
        #expect(!stored.contains(text.dropFirst(7)) && stored.contains(token.digest.hexadecimal))
    }

    @Test func `the digest is SHA-256, in the hexadecimal of other tools`() {
        let digest = TokenDigest(of: "abc".utf8.span)
        #expect(digest.hexadecimal == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(TokenDigest(hexadecimal: digest.hexadecimal).map(digest.equals) == true)
        #expect(!digest.equals(TokenDigest(of: "abd".utf8.span)))
        for text in ["", "ba", digest.hexadecimal + "0", digest.hexadecimal.uppercased(), String(repeating: "é", count: 32)] {
            #expect(TokenDigest(hexadecimal: text) == nil)
        }
    }

    @Test func `the file is its owner's alone, and keeps the mode it is given`() throws {
        _ = try file.create(name: "a", scope: .read, lifetime: nil)
        #expect(mode(file.path) == 0o600)
        unsafe chmod(file.path, 0o640)
        _ = try file.create(name: "b", scope: .read, lifetime: nil)
        #expect(mode(file.path) == 0o640)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["tokens"], "nothing is left beside it")
    }

    @Test func `a link to the file stays a link`() throws {
        _ = try file.create(name: "a", scope: .read, lifetime: nil)
        let link = directory.file("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file.path)
        _ = try TokenFile(path: link).create(name: "b", scope: .read, lifetime: nil)
        #expect(try file.read().map(\.name) == ["a", "b"])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == file.path)
    }

    @Test func `names are unique, and what is revoked is gone`() throws {
        _ = try file.create(name: "a", scope: .read, lifetime: nil)
        #expect(failure { _ = try file.create(name: "a", scope: .admin, lifetime: nil) }.contains("there is a token called a already"))
        #expect(failure { try file.revoke(name: "b") } == "there is no token called b; there are a")
        try file.revoke(name: "a")
        #expect(try file.read().isEmpty)
    }

    @Test func `writers at the same time lose nothing`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 { group.addTask { _ = try file.create(name: "t\(number)", scope: .read, lifetime: nil) } }
            try await group.waitForAll()
        }
        #expect(Set(try file.read().map(\.name)) == Set((0..<20).map { "t\($0)" }))
    }

    @Test(arguments: [
        "x", "{}", "[]", #"{"name":"a"}"#,
        #"{"name":"a b","scope":"read","sha256":"DIGEST","created_at":"2026-11-21T00:00:00.000Z","expires_at":null}"#,
        #"{"name":"a","scope":"anyone","sha256":"DIGEST","created_at":"2026-11-21T00:00:00.000Z","expires_at":null}"#,
        #"{"name":"a","scope":"read","sha256":"00","created_at":"2026-11-21T00:00:00.000Z","expires_at":null}"#,
        #"{"name":"a","scope":"read","sha256":"DIGEST","created_at":"today","expires_at":null}"#,
        #"{"name":"a","scope":"read","sha256":"DIGEST","created_at":"2026-11-21T00:00:00.000Z","expires_at":"never"}"#,
        #"{"name":"a","scope":"read","sha256":"DIGEST","created_at":"2026-11-21T00:00:00.000Z","expires_at":null,"x":1}"#,
    ])
    func `a line that is no token is refused with its number`(line: String) throws {
        _ = try file.create(name: "first", scope: .read, lifetime: nil)
        let first = try String(contentsOf: URL(fileURLWithPath: file.path), encoding: .utf8)
        try directory.write(first + line.replacing("DIGEST", with: TokenDigest(of: "x".utf8.span).hexadecimal), to: "tokens")
        #expect(failure { _ = try file.read() }.hasPrefix("\(file.path):2 is no token"))
    }

    @Test func `a file that others can write, or that is none, is refused with what to do`() throws {
        #expect(failure { _ = try file.read() }.contains("Make a token with `parley token create --token-file \(file.path)"))
        _ = try file.create(name: "a", scope: .read, lifetime: nil)
        for mode in [0o620, 0o602] as [mode_t] {
            unsafe chmod(file.path, mode)
            #expect(failure { _ = try file.read() }.hasSuffix("chmod go-w \(file.path)"))
        }
        unsafe chmod(file.path, 0o644)
        #expect(try file.read().count == 1, "platforms mount secrets like this")
        #expect(failure { _ = try TokenFile(path: directory.path).read() }.contains("is no token file"))
        #expect(failure { _ = try TokenFile(path: "/nowhere/tokens").create(name: "a", scope: .read, lifetime: nil) }.contains("/nowhere/"))
    }

    @Test func `what is no file of tokens is told, and neither waited for nor read`() throws {
        let (pipe, huge) = (directory.file("pipe"), directory.file("huge"))
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        try directory.write("", to: "huge")
        try #require(unsafe truncate(huge, 1 << 30) == 0)
        for path in [pipe, huge, "/dev/zero", directory.path] {
            #expect(
                failure { _ = try TokenFile(path: path).read() } == "\(path) is no token file: it is not a regular file, or far too large"
            )
        }
    }

    @Test(arguments: [
        ("90d", 90 * 86_400), ("12h", 43_200), ("1m", 60), ("0d", nil), ("d", nil), ("-1d", nil), ("+1d", nil), ("5s", nil), ("", nil),
        ("100001d", nil), ("1.5h", nil),
    ])
    func `a lifetime is a number with a unit`(text: String, seconds: Int?) {
        #expect(TokenFile.lifetime(text) == seconds.map { Duration.seconds($0) })
    }

    @Test func `the table has everything but the tokens`() throws {
        let text = try file.create(name: "ci", scope: .admin, lifetime: .seconds(86_400))
        let table = try file.table()
        #expect(table.split(separator: "\n")[1].wholeMatch(of: /ci +admin +[-0-9T:]{19}Z +[-0-9T:]{19}Z/) != nil, "\(table)")
        #expect(!table.contains(text))
    }
}
