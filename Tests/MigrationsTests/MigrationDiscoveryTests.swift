import DatabaseTesting
import Glibc
import Testing

@testable import Migrations

@Suite struct MigrationDiscoveryTests {
    @Test func `files are found with their number and path, sorted by number`() throws {
        let fixture = try MigrationFixture(["010_c.sql": "", "002_b.sql": "", "0001_a.sql": "", "README.md": ""])
        let files = try MigrationDiscovery(directory: fixture.migrations).discoverMigrations()
        #expect(files.map(\.filename) == ["0001_a.sql", "002_b.sql", "010_c.sql"])
        #expect(files.map(\.order) == [1, 2, 10] && files.map(\.version) == ["0001", "002", "010"])
        #expect(files.map(\.name) == ["a", "b", "c"] && files[0].path == "\(fixture.migrations)/0001_a.sql")
    }

    @Test func `a directory that is not there says so, and how to name the right one`() throws {
        let fixture = try MigrationFixture()
        let missing = fixture.root.file("nothing")
        let failure = try #require(throws: MigrationFailure.self) { try MigrationDiscovery(directory: missing).discoverMigrations() }
        #expect(
            failure.description
                == "error: the migrations directory \(missing) cannot be read: No such file or directory [directory-unreadable]; "
                + "name the right one with --migrations, or make it: mkdir \(missing)"
        )
    }

    @Test func `a file in place of the directory is an error`() throws {
        let fixture = try MigrationFixture(["001_a.sql": ""])
        let failure = try #require(throws: MigrationFailure.self) {
            try MigrationDiscovery(directory: "\(fixture.migrations)/001_a.sql").discoverMigrations()
        }
        #expect(failure.errors.map(\.code) == [.directoryUnreadable])
    }

    @Test func `duplicates are told the next free number`() throws {
        let fixture = try MigrationFixture(["001_a.sql": "", "001_b.sql": "", "007_c.sql": ""])
        let failure = try #require(throws: MigrationFailure.self) {
            try MigrationDiscovery(directory: fixture.migrations).discoverMigrations()
        }
        #expect(failure.errors.map(\.message) == ["it has the same number as 001_a.sql"])
        #expect(failure.errors.map(\.recovery) == ["give one of the two the next free number, 008"])
    }

    @Test func `the number behind the largest one does not overflow`() throws {
        let fixture = try MigrationFixture(["\(Int.max)_a.sql": "", "\(Int.max)_b.sql": ""])
        let failure = try #require(throws: MigrationFailure.self) {
            try MigrationDiscovery(directory: fixture.migrations).discoverMigrations()
        }
        #expect(failure.errors.map(\.recovery) == ["give one of the two a free number"])
    }

    @Test func `content keeps its bytes`() throws {
        let bytes: [UInt8] = [0xEF, 0xBB, 0xBF, 0x2D, 0x2D, 0x0D, 0x0A, 0x00, 0xFF]
        let fixture = try MigrationFixture(["001_a.sql": .bytes(bytes)])
        let discovery = MigrationDiscovery(directory: fixture.migrations)
        #expect(try discovery.loadMigrationContent(discovery.discoverMigrations()[0]).bytes == bytes)
    }

    @Test(arguments: [0, 1, 4095, 4096, 4097, 100_000])
    func `content is read to its end, whatever its size`(_ size: Int) throws {
        let bytes = (0..<size).map { UInt8($0 % 251) }
        let fixture = try MigrationFixture(["001_a.sql": .bytes(bytes)])
        #expect(try FileSystem.read("\(fixture.migrations)/001_a.sql") == bytes)
    }

    @Test(arguments: ["/", "/dev/null", "/dev/zero"])
    func `what only has the name of a file is not read`(_ target: String) throws {
        let fixture = try MigrationFixture()
        unsafe symlink(target, "\(fixture.migrations)/001_a.sql")
        try expectNoRegularFile(fixture)
    }

    @Test func `nobody waits for a pipe`() throws {
        let fixture = try MigrationFixture()
        unsafe mkfifo("\(fixture.migrations)/001_a.sql", 0o600)
        try expectNoRegularFile(fixture)
        // One that has something to say is no file either.
        let pipe = unsafe open("\(fixture.migrations)/001_a.sql", O_RDWR | O_NONBLOCK)
        defer { close(pipe) }
        #expect(unsafe write(pipe, "SELECT", 6) == 6)
        try expectNoRegularFile(fixture)
    }

    private func expectNoRegularFile(_ fixture: MigrationFixture) throws {
        let discovery = MigrationDiscovery(directory: fixture.migrations)
        let file = try discovery.discoverMigrations()[0]
        let error = try #require(throws: MigrationError.self) { try discovery.loadMigrationContent(file) }
        #expect(error.message == "the file cannot be read: it is not a regular file")
    }

    @Test func `a file that is gone when it is read is an error that names it`() throws {
        let fixture = try MigrationFixture(["001_a.sql": ""])
        let discovery = MigrationDiscovery(directory: fixture.migrations)
        let file = try discovery.discoverMigrations()[0]
        fixture.remove("001_a.sql")
        let error = try #require(throws: MigrationError.self) { try discovery.loadMigrationContent(file) }
        #expect(error.code == .fileUnreadable && error.filename == "001_a.sql")
        #expect(error.message == "the file cannot be read: No such file or directory")
    }

    @Test func `each file has its checksum, or the reason why it has none`() throws {
        let fixture = try MigrationFixture(["001_a.sql": "abc", "002_b.sql": "", "003_c.sql": "abc"])
        let discovery = MigrationDiscovery(directory: fixture.migrations)
        let files = try discovery.discoverMigrations()
        fixture.remove("002_b.sql")
        let examined = discovery.examine(files[...])
        #expect(examined.files.map(\.file) == files && examined.files.map(\.checksum) == [checksum("abc"), nil, checksum("abc")])
        #expect(examined.unreadable.mapValues(\.code) == ["002_b.sql": .fileUnreadable])
    }

    @Test(arguments: [
        ("", ""), ("a\r\nb\r\n", "a\nb\n"), ("\u{FEFF}a", "a"), ("\u{FEFF}a\r\n", "a\n"), ("\r\n", "\n"),
    ])
    func `line ends and a byte order mark do not change the checksum`(_ first: String, _ second: String) {
        #expect(checksum(first) == checksum(second))
    }

    @Test(arguments: [
        ("a", "b"), ("a\rb", "a\nb"), ("a\r", "a"), ("\u{FEFF}\u{FEFF}a", "a"), ("a ", "a"), ("\r\r\n", "\r\n"), ("a\u{FEFF}", "a"),
    ])
    func `anything else does`(_ first: String, _ second: String) {
        #expect(checksum(first) != checksum(second))
    }

    @Test func `a checksum is SHA-256 in hexadecimal, as sha256sum prints it`() {
        #expect(checksum("abc") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    private func checksum(_ text: String) -> String {
        MigrationContent(file: MigrationFile(filename: "001_a.sql", order: 1, directory: ""), bytes: Array(text.utf8)).checksum
    }
}
