import Database

extension ConformanceCheck {
    /// The conformance suite of the seam.
    public static let all: [ConformanceCheck] = values + reading + scanning + writing + schema + life

    private static let values: [ConformanceCheck] = [
        ConformanceCheck("every storage class comes back as it was bound") { database in
            let values: [Value] = [
                .null, .integer(.min), .integer(.max), .real(0.1), .text(""), .text("naïve 🦜"), .text("a\0b"), .blob([]), .blob([0, 255]),
            ]
            for value in values {
                let found = try await database.query("SELECT ?", [value]) { $0.value(0) }
                try require(found == [value], "\(value) came back as \(found)")
            }
        },
        ConformanceCheck("a bound value is never SQL") { database in
            try await database.execute("CREATE TABLE note (text TEXT)")
            try await database.execute("INSERT INTO note VALUES (?)", ["'); DROP TABLE note; --"])
            let found = try await database.query("SELECT text FROM note") { $0.text(0) }
            try require(found == ["'); DROP TABLE note; --"], "found \(found)")
        },
        ConformanceCheck("too few arguments are an error, not NULL") { database in
            let error = try await databaseError { _ = try await database.query("SELECT ?, ?", [1]) { $0.value(0) } }
            try require(error.code == .invalidStatement, "\(error)")
        },
        ConformanceCheck("two statements where one is expected are an error, and neither runs") { database in
            let error = try await databaseError { try await database.execute("CREATE TABLE a (x); CREATE TABLE b (x)") }
            try require(error.code == .invalidStatement, "\(error)")
        },
        ConformanceCheck("errors carry the statement and never what was bound to it") { database in
            try await database.execute("CREATE TABLE note (text TEXT PRIMARY KEY NOT NULL)")
            try await database.execute("INSERT INTO note VALUES (?)", ["secret"])
            let error = try await databaseError { try await database.execute("INSERT INTO note VALUES (?)", ["secret"]) }
            try require(error.code == .uniqueViolation, "\(error)")
            try require(error.sql == "INSERT INTO note VALUES (?)", "\(error)")
            try require(!"\(error)".contains("secret"), "\(error)")
        },
    ]

    private static let reading: [ConformanceCheck] = [
        ConformanceCheck("a read refuses to write") { database in
            try await database.execute("CREATE TABLE note (text TEXT)")
            let error = try await databaseError { _ = try await database.read { try $0.execute("INSERT INTO note VALUES ('x')") } }
            try require(error.code == .readOnly, "\(error)")
        },
        ConformanceCheck("the same statement may run again inside its own loop") { database in
            let pairs = try await database.read { session in
                try session.rows("SELECT 1 UNION ALL SELECT 2") { outer in
                    try session.rows("SELECT 1 UNION ALL SELECT 2") { $0.integer(0) }.map { outer.integer(0) * 10 + $0 }
                }
            }
            try require(pairs == [[11, 12], [21, 22]], "\(pairs)")
        },
        ConformanceCheck("columns are those of a table, and none where there is no table") { database in
            try await database.execute("CREATE TABLE note (text TEXT, number INTEGER)")
            let found = try await database.read { [try $0.columns(of: "note"), try $0.columns(of: "other")] }
            try require(found == [["text", "number"], []], "\(found)")
        },
        ConformanceCheck("what a read's body throws comes out, and the next read works") { database in
            do { try await database.read { _ in throw ConformanceFailure(description: "mine") } } catch is ConformanceFailure {}
            let found = try await database.query("SELECT 1") { $0.integer(0) }
            try require(found == [1], "\(found)")
        },
    ]

    /// A query without an end.
    static let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"

    private static let scanning: [ConformanceCheck] = [
        ConformanceCheck("a scan sees every write that has returned, and refuses to write") { database in
            try await database.execute("CREATE TABLE note (text TEXT)")
            for count in 1...3 {
                try await database.execute("INSERT INTO note VALUES ('x')")
                let found = try await database.scan(timeout: nil) { try $0.rows("SELECT count(*) FROM note") { $0.integer(0) } }
                try require(found == [count], "\(found) after \(count) writes")
            }
            let error = try await databaseError { _ = try await database.scan(timeout: nil) { try $0.execute("DELETE FROM note") } }
            try require(error.code == .readOnly, "\(error)")
        },
        ConformanceCheck("a scan ends at its time limit, inside a statement that would never end, and the next one works") { database in
            let error = try await databaseError {
                _ = try await database.scan(timeout: .milliseconds(50)) { try $0.rows(endless) { $0.integer(0) } }
            }
            try require(error.code == .timedOut, "\(error)")
            let found = try await database.scan(timeout: nil) { try $0.rows("SELECT 1") { $0.integer(0) } }
            try require(found == [1], "\(found)")
        },
        ConformanceCheck("a scan ends when its task is cancelled") { database in
            let (started, start) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                try await database.scan(timeout: nil) { session in
                    start.finish()
                    return try session.rows(endless) { $0.integer(0) }
                }
            }
            for await _ in started {}
            task.cancel()
            let error = try await databaseError { _ = try await task.value }
            try require(error.code == .interrupted, "\(error)")
        },
        ConformanceCheck("of many scans at the same time, each gets its own answer") { database in
            let answers = try await withThrowingTaskGroup(of: (Int, [Int]).self) { group in
                for number in 0..<50 {
                    group.addTask {
                        (
                            number,
                            try await database.scan(timeout: nil) { try $0.rows("SELECT ?", [.integer(Int64(number))]) { $0.integer(0) } }
                        )
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try require(answers.count == 50 && answers.allSatisfy { $0.1 == [$0.0] }, "\(answers)")
        },
        ConformanceCheck("contains_folded finds text in any case, of any script, and takes nothing for a pattern") { database in
            let cases: [(text: String, part: String, isFound: Bool)] = [
                ("Trip to Lisbon", "LISBON", true), ("Trip to Lisbon", "to  l", false), ("ÉCOLE", "école", true), ("Ecole", "école", false),
                ("ὈΔΥΣΣΕΎΣ", "ὀδυσσεύς", true), ("Straße", "STRASSE", false), ("STRAẞE", "straße", true), ("Привет", "ПРИВЕТ", true),
                ("100% sure", "0% S", true), ("100 sure", "0%", false), ("a_b", "A_B", true), ("axb", "a_b", false), ("𐐀x", "𐐨X", true),
                ("aabaabaaab", "AABAAA", true), ("aabaabaab", "aabaaa", false), ("日本語", "本", true), ("x", "", true), ("x", "xx", false),
            ]
            for (text, part, isFound) in cases {
                let found = try await database.scan(timeout: nil) { session in
                    try session.rows("SELECT contains_folded(?, ?)", [.text(text), .text(part)]) { $0.integer(0) }
                }
                try require(found == [isFound ? 1 : 0], "\(part) in \(text): \(found)")
            }
        },
        ConformanceCheck("what a scan's body throws comes out, and the next scan works") { database in
            do { try await database.scan(timeout: nil) { _ in throw ConformanceFailure(description: "mine") } } catch is ConformanceFailure
            {}
            let found = try await database.scan(timeout: nil) { try $0.rows("SELECT 1") { $0.integer(0) } }
            try require(found == [1], "\(found)")
        },
    ]

    private static let writing: [ConformanceCheck] = [
        ConformanceCheck("a write that throws changes nothing") { database in
            try await database.execute("CREATE TABLE note (text TEXT)")
            do {
                try await database.write { session in
                    try session.execute("INSERT INTO note VALUES ('x')")
                    throw ConformanceFailure(description: "mine")
                }
            } catch is ConformanceFailure {}
            try require(try await count(database) == 0, "a row was left")
        },
        ConformanceCheck("of writes at the same time, one that fails undoes itself and nobody else") { database in
            try await database.execute("CREATE TABLE note (text TEXT PRIMARY KEY NOT NULL)")
            let stored = await concurrently(100) { number in
                try await database.write { session in
                    try session.execute("INSERT INTO note VALUES (?)", [.text("\(number)")])
                    if number % 3 == 0 { throw ConformanceFailure(description: "mine") }
                }
            }
            try require(stored == 66, "\(stored) writes returned")
            try require(try await count(database) == 66, "another number of rows is there")
        },
        ConformanceCheck("of writes at the same time, one that ends the transaction fails alone") { database in
            try await database.execute("CREATE TABLE note (text TEXT PRIMARY KEY NOT NULL)")
            try await database.execute("INSERT INTO note VALUES ('taken')")
            let stored = await concurrently(50) { number in
                let text = number % 10 == 0 ? "taken" : "\(number)"
                try await database.execute("INSERT OR ROLLBACK INTO note VALUES (?)", [.text(text)])
            }
            try require(stored == 45, "\(stored) writes returned")
            try require(try await count(database) == 46, "another number of rows is there")
        },
        ConformanceCheck("of writes at the same time, one that breaks a deferred constraint fails alone") { database in
            try await database.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
            try await database.execute("CREATE TABLE note (text INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)")
            try await database.execute("INSERT INTO parent VALUES (1)")
            let stored = await concurrently(20) { number in
                try await database.execute("INSERT INTO note VALUES (?)", [number == 7 ? 2 : 1])
            }
            try require(stored == 19, "\(stored) writes returned")
            try require(try await count(database) == 19, "another number of rows is there")
        },
        ConformanceCheck("a body that commits by itself is an error") { database in
            let error = try await databaseError { _ = try await database.write { session in try session.execute("COMMIT") } }
            try require(error == .transactionLost, "\(error)")
        },
        ConformanceCheck("a read sees every write that has returned, whoever wrote") { database in
            try await database.execute("CREATE TABLE note (text INTEGER)")
            let missed = try await withThrowingTaskGroup(of: Int.self) { group in
                for writer in 0..<4 {
                    group.addTask {
                        var missed = 0
                        for number in 0..<50 {
                            let note = Value.integer(Int64(writer * 50 + number))
                            try await database.execute("INSERT INTO note VALUES (?)", [note])
                            let found = try await database.query("SELECT 1 FROM note WHERE text = ?", [note]) { $0.integer(0) }
                            if found != [1] { missed += 1 }
                        }
                        return missed
                    }
                }
                return try await group.reduce(0, +)
            }
            try require(missed == 0, "\(missed) writes were not seen")
        },
        ConformanceCheck("the statements of one read see one snapshot, whatever is written meanwhile") { database in
            try await database.execute("CREATE TABLE note (text TEXT)")
            let writer = Task { for _ in 0..<200 { try await database.execute("INSERT INTO note VALUES ('x')") } }
            for _ in 0..<200 {
                let counts = try await database.read { session in
                    try (0..<3).map { _ in try session.first("SELECT count(*) FROM note") { $0.integer(0) } }
                }
                try require(Set(counts).count == 1, "one read saw \(counts)")
            }
            try await writer.value
        },
        ConformanceCheck("a write returns how many rows it changed") { database in
            try await database.execute("CREATE TABLE note (text TEXT)")
            let inserted = try await database.execute("INSERT INTO note VALUES ('a'), ('b')")
            let created = try await database.execute("CREATE TABLE other (x)")
            try require(inserted == 2 && created == 0, "\(inserted) and \(created)")
        },
        ConformanceCheck("foreign keys are enforced") { database in
            try await database.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
            try await database.execute("CREATE TABLE child (parent INTEGER REFERENCES parent)")
            let error = try await databaseError { try await database.execute("INSERT INTO child VALUES (1)") }
            try require(error.code == .foreignKeyViolation, "\(error)")
        },
    ]

    private static func count(_ database: any DatabaseBridge) async throws -> Int {
        try await database.query("SELECT count(*) FROM note") { $0.integer(0) }[0]
    }

    /// Starts `count` writes at once and returns how many succeeded.
    private static func concurrently(_ count: Int, _ write: @escaping @Sendable (Int) async throws -> Void) async -> Int {
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<count {
                group.addTask { do { try await write(number); return true } catch { return false } }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }
}
