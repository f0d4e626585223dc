import Database
import Migrations

/// What commands print about a schema that is compared, in the words of both: `verify` and `baseline`.
enum SchemaReport {
    /// `1 missing, 2 different`
    static func summary(_ differences: [SchemaDifference]) -> String {
        SchemaDifference.State.allCases.compactMap { state in
            let count = differences.count { $0.state == state }
            return count == 0 ? nil : "\(count) \(state.rawValue)"
        }.joined(separator: ", ")
    }

    /// Names the tables that another program may keep.
    static func hint(_ differences: [SchemaDifference]) -> String? {
        let tables = differences.filter { $0.state == .unexpected && ($0.kind == .table || $0.kind == .view) }.map(\.name.onOneLine)
        guard !tables.isEmpty else { return nil }
        return "leave out what another program keeps here with --ignore NAME (unexpected: \(tables.joined(separator: ", ")))"
    }

    static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}

extension JSONWriter {
    mutating func member(_ name: StaticString, _ values: [String]) {
        member(name) { $0.array(values) { json, value in json.string(value) } }
    }

    mutating func member(_ name: StaticString, _ differences: [SchemaDifference]) {
        member(name) { $0.array(differences) { json, difference in json.object(difference.write) } }
    }
}

extension SchemaDifference {
    fileprivate func write(_ json: inout JSONWriter) {
        json.member("state", state.rawValue)
        json.member("type", kind.rawValue)
        json.member("name", name)
        json.member("table", table)
        json.member("expected", expected)
        json.member("actual", actual)
    }
}
