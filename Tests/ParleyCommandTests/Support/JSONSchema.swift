import Foundation

/// The part of JSON Schema (<https://json-schema.org/draft/2020-12>) that `docs/migrate.schema.json` is written in.
struct JSONSchema {
    private let root: [String: Any]

    init(contentsOf path: String) throws {
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path)))
        root = object as? [String: Any] ?? [:]
    }

    /// What is wrong with a document; empty where nothing is.
    func faults(in document: String) throws -> [String] {
        faults(try JSONSerialization.jsonObject(with: Data(document.utf8), options: .fragmentsAllowed), root, at: "$")
    }

    /// The names of the definitions that a document may be one of.
    var alternatives: [String] {
        (root["oneOf"] as? [[String: Any]] ?? []).compactMap { ($0["$ref"] as? String)?.replacing("#/$defs/", with: "") }
    }

    private func faults(_ value: Any, _ schema: [String: Any], at place: String) -> [String] {
        var faults: [String] = []
        if let name = (schema["$ref"] as? String)?.replacing("#/$defs/", with: "") {
            let definitions = root["$defs"] as? [String: [String: Any]]
            return definitions?[name].map { self.faults(value, $0, at: place) } ?? ["there is no definition \(name)"]
        }
        if let alternatives = schema["oneOf"] as? [[String: Any]] {
            let outcomes = alternatives.map { self.faults(value, $0, at: place) }
            let fitting = outcomes.count(where: \.isEmpty)
            if fitting != 1 { faults.append("\(place) fits \(fitting) alternatives: \(outcomes.min { $0.count < $1.count } ?? [])") }
        }
        if let constant = schema["const"] as? String, value as? String != constant { faults.append("\(place) is not \(constant)") }
        if let allowed = schema["enum"] as? [String], !allowed.contains(value as? String ?? "") { faults.append("\(place) is \(value)") }
        if let type = schema["type"] {
            let allowed = type as? [String] ?? [type as? String ?? ""]
            if !allowed.contains(Self.type(of: value)) { faults.append("\(place) is of type \(Self.type(of: value))") }
        }
        if let object = value as? [String: Any] { faults += self.faults(object, schema, at: place) }
        if let elements = value as? [Any], let items = schema["items"] as? [String: Any] {
            faults += elements.enumerated().flatMap { self.faults($1, items, at: "\(place)[\($0)]") }
        }
        return faults
    }

    private func faults(_ object: [String: Any], _ schema: [String: Any], at place: String) -> [String] {
        let required = schema["required"] as? [String] ?? []
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        let missing = required.filter { object[$0] == nil }.map { "\(place).\($0) is missing" }
        let isClosed = schema["additionalProperties"] as? Bool == false
        let unknown = isClosed ? object.keys.filter { properties[$0] == nil }.map { "\(place).\($0) is not in the schema" } : []
        return missing + unknown
            + object.flatMap { name, value in properties[name].map { faults(value, $0, at: "\(place).\(name)") } ?? [] }
    }

    private static func type(of value: Any) -> String {
        switch value {
        case is NSNull: "null"
        case is String: "string"
        case is [Any]: "array"
        case is [String: Any]: "object"
        case let number as NSNumber: unsafe String(cString: number.objCType) == "c" ? "boolean" : "integer"
        default: "unknown"
        }
    }
}
