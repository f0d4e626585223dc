import Crypto
public import Database

/// The bytes of a migration file and their checksum.
public struct MigrationContent: Sendable {
    /// The file that the bytes are from.
    public let file: MigrationFile
    /// What runs: the bytes as they are in the file.
    public let bytes: [UInt8]
    /// SHA-256 of the text without a byte order mark and with LF line ends, as `sha256:<hex>`: a checkout that changes line ends changes
    /// nothing.
    public let checksum: String

    init(file: MigrationFile, bytes: [UInt8]) {
        self.file = file
        self.bytes = bytes
        checksum = Self.checksum(of: bytes)
    }

    /// What the database runs.
    public var script: Script { Script(bytes) }

    /// Whether its first line asks for its one statement to run outside of a transaction.
    var runsAlone: Bool {
        let line = bytes.drop { $0 >= 0x80 }.prefix { $0 != UInt8(ascii: "\n") }
        guard line.starts(with: "--".utf8) else { return false }
        return ScriptScanner.scan(Array(line)).directives.contains { $0.meaning == .noTransaction }
    }

    static func checksum(of bytes: [UInt8]) -> String {
        var hash = SHA256()
        var rest = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        // Up to each CR that stands before a LF, the bytes go in as they are; that CR stays out.
        while let carriageReturn = firstLineEnd(in: rest) {
            update(&hash, rest[..<carriageReturn])
            rest = rest[(carriageReturn + 1)...]
        }
        update(&hash, rest)
        return text(of: hash.finalize())
    }

    private static func text(of digest: SHA256Digest) -> String {
        func digit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10 }
        let prefix = "sha256:".utf8
        return unsafe String(unsafeUninitializedCapacity: prefix.count + 2 * SHA256Digest.byteCount) { text in
            var count = unsafe text.initialize(fromContentsOf: prefix)
            for byte in digest {
                unsafe text.initializeElement(at: count, to: digit(byte >> 4))
                unsafe text.initializeElement(at: count + 1, to: digit(byte & 15))
                count += 2
            }
            return count
        }
    }

    /// Where a CR stands before a LF.
    private static func firstLineEnd(in bytes: ArraySlice<UInt8>) -> Int? {
        var start = bytes.startIndex
        while let candidate = bytes[start...].firstIndex(of: UInt8(ascii: "\r")) {
            if candidate + 1 < bytes.endIndex, bytes[candidate + 1] == UInt8(ascii: "\n") { return candidate }
            start = candidate + 1
        }
        return nil
    }

    private static func update(_ hash: inout SHA256, _ bytes: ArraySlice<UInt8>) {
        unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
    }
}
