import Database

extension Workplace {
    typealias Outcome = (status: Int32, output: String, errors: String)

    /// Runs `parley migrate …` on the workplace's database.
    func migrate(_ arguments: String..., input: String = "/dev/null") async throws -> Outcome {
        let parley = try Parley(["migrate"] + arguments + options, input: input)
        return (await parley.exit(), await parley.output.whole(), await parley.errors.whole())
    }

    /// Changes the database as somebody does by hand.
    func byHand(_ statements: String...) async throws {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(database)))
        for statement in statements { try await database.execute(statement) }
        try await database.close()
    }

    /// The names in the record; none where there is no record.
    func recorded() async throws -> [String] {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(database)))
        let hasRecord = try await database.query("SELECT 1 FROM sqlite_schema WHERE name = 'migrations'") { $0.integer(0) } == [1]
        let names = hasRecord ? try await database.query("SELECT filename FROM migrations ORDER BY id") { $0.text(0) } : []
        try await database.close()
        return names
    }
}
