/// The bytes of an SQL script, as they are in its file.
public struct Script: Sendable {
    /// UTF-8 with one NUL behind it: SQLite copies the rest of a script for every statement unless it sees that terminator.
    let terminatedBytes: [UInt8]

    /// - Parameter bytes: UTF-8 without a NUL byte; what stands behind a NUL would not be run.
    public init(_ bytes: [UInt8]) {
        terminatedBytes = bytes + [0]
    }

    /// The script without its terminator.
    public var bytes: ArraySlice<UInt8> { terminatedBytes.dropLast() }
}

/// One statement of a script.
public struct ScriptStatement: Sendable, Hashable {
    /// From 1.
    public let number: Int
    /// Its bytes in the script: from the end of the statement before it, so with the comments that stand above it, to its own end.
    public let range: Range<Int>
    /// Where its first token begins, in bytes from the start of the script.
    public let start: Int

    public init(number: Int, range: Range<Int>, start: Int) {
        self.number = number
        self.range = range
        self.start = start
    }
}

/// What a script may not do, beyond what no script may: end the transaction, attach databases, weaken the checks of the connection.
public struct ScriptRules: Sendable {
    /// The table that keeps the record of scripts: a script may read it, and nothing else.
    public var protectedTable: String

    public init(protectedTable: String) {
        self.protectedTable = protectedTable
    }
}

/// Where and why a script failed.
public struct ScriptError: Error, Sendable {
    /// The number of the statement, from 1.
    public let statement: Int
    /// Bytes from the start of the script to the place of the fault: the token that does not parse, else the statement's first.
    public let offset: Int
    public let cause: DatabaseError

    public init(statement: Int, offset: Int, cause: DatabaseError) {
        self.statement = statement
        self.offset = offset
        self.cause = cause
    }
}
