import CSQLite

/// Runs a script statement by statement. Where one ends and the next begins is for SQLite's parser to say, never for us: triggers,
/// CASE … END, `[a;b]` and comments just work (<https://www.sqlite.org/c3ref/prepare.html>, the tail pointer).
struct ScriptRunner {
    let connection: Connection
    let scriptGuard: ScriptGuard
    let interruption: Interruption

    func run(_ script: Script, onStatement: (Int) -> Void) throws(ScriptError) {
        var offset = script.startsWithByteOrderMark ? 3 : 0
        var number = 0
        while offset < script.bytes.count {
            let (statement, end) = try prepare(script, from: offset, number: number + 1)
            // Nothing but space and comments was left.
            guard let statement else { return }
            number += 1
            guard statement.parameterCount == 0 else { throw placeholder(number, offset: script.firstToken(from: offset)) }
            onStatement(number)
            try run(statement, number: number, offset: script.firstToken(from: offset))
            offset = end
        }
    }

    private func run(_ statement: Statement, number: Int, offset: Int) throws(ScriptError) {
        var code = SQLITE_ROW
        while code == SQLITE_ROW {
            if let reason = interruption.reason { throw ScriptError(statement: number, offset: offset, cause: reason) }
            code = statement.step()
        }
        guard code == SQLITE_DONE else { throw failure(code, number: number, offset: offset) }
        guard connection.isInTransaction else { throw ScriptError(statement: number, offset: offset, cause: .transactionLost) }
    }

    /// SQLite would take NULL for what nobody binds.
    private func placeholder(_ number: Int, offset: Int) -> ScriptError {
        let message = "a script has no values for placeholders such as ? or :name; write the value, or quote the text"
        return ScriptError(statement: number, offset: offset, cause: DatabaseError(.invalidStatement, message))
    }

    private func prepare(_ script: Script, from start: Int, number: Int) throws(ScriptError) -> (Statement?, end: Int) {
        var prepared: OpaquePointer?
        var end = start
        let code = unsafe script.terminatedBytes.withUnsafeBytes { bytes in
            let text = unsafe bytes.baseAddress! + start
            let size = bytes.count - start
            return unsafe text.withMemoryRebound(to: CChar.self, capacity: size) { text in
                var tail: UnsafePointer<CChar>?
                // The size counts the terminator: without it SQLite would copy the rest of the script for each statement.
                let code = unsafe connection.withHandle { unsafe sqlite3_prepare_v3($0, text, Int32(clamping: size), 0, &prepared, &tail) }
                if let tail = unsafe tail { end = unsafe start + (tail - text) }
                return code
            }
        }
        guard code == SQLITE_OK else {
            throw failure(code, number: number, offset: script.firstToken(from: start), statementStart: start)
        }
        return unsafe (prepared.map { unsafe Statement(adopting: $0, sql: "") }, end)
    }

    /// The error of the statement that has just failed; where SQLite knows the token, the offset is the token's.
    private func failure(_ code: Int32, number: Int, offset: Int, statementStart: Int? = nil) -> ScriptError {
        let token = unsafe Int(connection.withHandle { unsafe sqlite3_error_offset($0) })
        let position = if let statementStart, token >= 0 { statementStart + token } else { offset }
        return ScriptError(statement: number, offset: position, cause: cause(of: code))
    }

    private func cause(of code: Int32) -> DatabaseError {
        if code & 0xff == SQLITE_INTERRUPT, let reason = interruption.reason { return reason }
        if code & 0xff == SQLITE_AUTH, let refusal = scriptGuard.refusal {
            return DatabaseError(.forbiddenStatement, engineCode: Int(code), refusal)
        }
        let error = connection.error(code)
        guard error.message.hasPrefix("cannot VACUUM") else { return error }
        return DatabaseError(
            .forbiddenStatement,
            engineCode: Int(code),
            "a script may not VACUUM: it runs inside a transaction; vacuum by hand"
        )
    }
}

extension Script {
    var startsWithByteOrderMark: Bool { terminatedBytes.starts(with: [0xEF, 0xBB, 0xBF]) }

    /// Where the next token begins: past white space and comments.
    func firstToken(from start: Int) -> Int {
        let bytes = terminatedBytes
        var index = start
        while index < bytes.count - 1 {
            switch (bytes[index], bytes[index + 1]) {
            case (UInt8(ascii: " "), _), (UInt8(ascii: "\n"), _), (UInt8(ascii: "\r"), _), (UInt8(ascii: "\t"), _),
                (0x0C, _), (UInt8(ascii: ";"), _):
                index += 1
            case (UInt8(ascii: "-"), UInt8(ascii: "-")):
                while index < bytes.count - 1, bytes[index] != UInt8(ascii: "\n") { index += 1 }
            case (UInt8(ascii: "/"), UInt8(ascii: "*")):
                index += 2
                while index < bytes.count - 1, !(bytes[index] == UInt8(ascii: "*") && bytes[index + 1] == UInt8(ascii: "/")) { index += 1 }
                index += 2
            default: return index
            }
        }
        return min(index, bytes.count - 1)
    }
}
