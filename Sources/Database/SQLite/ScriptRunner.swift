import CSQLite

/// Runs a script statement by statement. Where one ends and the next begins is for SQLite's parser to say, never for us: triggers,
/// CASE … END, `[a;b]` and comments just work (<https://www.sqlite.org/c3ref/prepare.html>, the tail pointer).
struct ScriptRunner {
    let connection: Connection
    let scriptGuard: ScriptGuard
    let interruption: Interruption

    func run(_ script: Script, onStatement: (ScriptStatement) -> Void) throws(ScriptError) {
        var offset = script.startsWithByteOrderMark ? 3 : 0
        var number = 0
        while offset < script.bytes.count {
            number += 1
            guard let (place, statement) = try prepare(script, from: offset, number: number) else { return }
            onStatement(place)
            try run(statement, place)
            guard connection.isInTransaction else { throw ScriptError(place, .transactionLost) }
            offset = place.range.upperBound
        }
    }

    /// Runs a script of one statement outside of any transaction.
    func runAlone(_ script: Script, onStatement: (ScriptStatement) -> Void) throws(ScriptError) {
        guard let (place, statement) = try prepare(script, from: script.startsWithByteOrderMark ? 3 : 0, number: 1) else { return }
        if let reason = script.reasonNotToRunAlone(place) { throw ScriptError(place, DatabaseError(.forbiddenStatement, reason)) }
        if let (second, _) = try prepare(script, from: place.range.upperBound, number: 2) {
            let reason =
                "a script outside a transaction has one statement, so that it cannot be half done; put this one into a file of its own"
            throw ScriptError(second, DatabaseError(.forbiddenStatement, reason))
        }
        onStatement(place)
        try run(statement, place)
    }

    private func run(_ statement: Statement, _ place: ScriptStatement) throws(ScriptError) {
        var code = SQLITE_ROW
        while code == SQLITE_ROW {
            if let reason = interruption.reason { throw ScriptError(place, reason) }
            code = statement.step()
        }
        guard code == SQLITE_DONE else { throw failure(code, number: place.number, offset: place.start) }
    }

    /// The statement that begins at an offset; nil where nothing but space and comments is left.
    private func prepare(_ script: Script, from start: Int, number: Int) throws(ScriptError) -> (ScriptStatement, Statement)? {
        let (statement, end) = try prepareNext(script, from: start, number: number)
        guard let statement else { return nil }
        let place = ScriptStatement(number: number, range: start..<end, start: script.firstToken(from: start))
        guard statement.parameterCount == 0 else { throw placeholder(place) }
        return (place, statement)
    }

    /// SQLite would take NULL for what nobody binds.
    private func placeholder(_ place: ScriptStatement) -> ScriptError {
        let message = "a script has no values for placeholders such as ? or :name; write the value, or quote the text"
        return ScriptError(place, DatabaseError(.invalidStatement, message))
    }

    private func prepareNext(_ script: Script, from start: Int, number: Int) throws(ScriptError) -> (Statement?, end: Int) {
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
            "a script may not VACUUM: it runs inside a transaction; give it a file of its own whose first line is -- parley:no-transaction"
        )
    }
}

extension ScriptError {
    fileprivate init(_ place: ScriptStatement, _ cause: DatabaseError) {
        self.init(statement: place.number, offset: place.start, cause: cause)
    }
}

extension Script {
    /// Statements that SQLite refuses, or does nothing for, inside a transaction, and that do no harm when they are done twice.
    private static let loneStatements: Set<String> = ["VACUUM", "REINDEX", "ANALYZE", "PRAGMA"]

    /// Why a statement may not run outside a transaction, in a sentence that says what to do instead.
    fileprivate func reasonNotToRunAlone(_ statement: ScriptStatement) -> String? {
        let text = String(decoding: terminatedBytes[statement.start..<statement.range.upperBound], as: UTF8.self).uppercased()
        let words = text.split { $0.isWhitespace || $0 == ";" || $0 == "(" }
        guard let first = words.first.map(String.init), Self.loneStatements.contains(first) else {
            return "only VACUUM, REINDEX, ANALYZE and PRAGMA may run outside a transaction: they can be done twice without harm, "
                + "should the process end before it has recorded this file; remove the directive"
        }
        return nil
    }

    /// Whether the word stands anywhere, in any case: without it no table gets a foreign key.
    var mentionsReferences: Bool {
        let word = Array("references".utf8)
        return terminatedBytes.indices.contains { start in
            terminatedBytes[start] | 0x20 == word[0] && terminatedBytes[start...].prefix(word.count).elementsEqual(word) { $0 | 0x20 == $1 }
        }
    }

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
