@testable import ParleyServer

/// Holds values to the JSON Schemas of `openapi.yaml` (<https://json-schema.org/draft/2020-12>), as far as they use it.
struct SchemaCheck {
    let document: OpenAPIDocument

    private static let annotations: Set = ["description", "title", "format", "default", "example", "examples", "deprecated"]

    /// What is wrong with a JSON text; empty where nothing is.
    func faults(inText text: String, _ schema: JSONTree) -> [String] {
        guard let value = try? JSONTree(Array(text.utf8)) else { return ["it is no JSON"] }
        return faults(value, schema)
    }

    func faults(_ value: JSONTree, _ schema: JSONTree, at place: String = "$") -> [String] {
        schema.members.flatMap { keyword, argument -> [String] in
            switch keyword {
            case "$ref": faults(value, document.resolve(schema), at: place)
            case "anyOf": schema.elements(keyword).contains { faults(value, $0).isEmpty } ? [] : ["\(place) fits no alternative"]
            case "oneOf": fitting(value, schema) == 1 ? [] : ["\(place) fits \(fitting(value, schema)) alternatives"]
            case "allOf": schema.elements(keyword).flatMap { faults(value, $0, at: place) }
            case "const": value == argument ? [] : ["\(place) is \(value.shown)"]
            case "enum": schema.elements(keyword).contains(value) ? [] : ["\(place) is \(value.shown)"]
            case "type": types(argument).contains { value.isOf(type: $0) } ? [] : ["\(place) is not of type \(types(argument))"]
            case "properties", "required", "additionalProperties":
                value.isOf(type: "object") ? memberFaults(value, keyword, schema, at: place) : []
            case "items": value.elements.enumerated().flatMap { faults($1, argument, at: "\(place)[\($0)]") }
            case _ where Self.annotations.contains(keyword): []
            default: limitFault(value, keyword, argument).map { ["\(place) \($0)"] } ?? []
            }
        }
    }

    private func fitting(_ value: JSONTree, _ schema: JSONTree) -> Int {
        schema.elements("oneOf").count { faults(value, $0).isEmpty }
    }

    private func types(_ argument: JSONTree) -> [String] {
        argument.string.map { [$0] } ?? argument.elements.compactMap(\.string)
    }

    private func memberFaults(_ value: JSONTree, _ keyword: String, _ schema: JSONTree, at place: String) -> [String] {
        let properties = schema["properties"]
        switch keyword {
        case "properties":
            return value.members.flatMap { name, member in properties?[name].map { faults(member, $0, at: "\(place).\(name)") } ?? [] }
        case "required":
            return schema.elements(keyword).compactMap(\.string).filter { value[$0] == nil }.map { "\(place).\($0) is missing" }
        default:
            let others = value.members.filter { properties?[$0.name] == nil }
            guard let rest = schema[keyword], rest.isOf(type: "object") else {
                return schema[keyword] == .bool(false) ? others.map { "\(place).\($0.name) is not in the schema" } : []
            }
            return others.flatMap { faults($0.value, rest, at: "\(place).\($0.name)") }
        }
    }

    private func limitFault(_ value: JSONTree, _ keyword: String, _ argument: JSONTree) -> String? {
        let (number, text, limit) = (value.number, value.string, argument.number ?? 0)
        let isMet: Bool
        switch keyword {
        case "minimum": isMet = number.map { $0 >= limit } ?? true
        case "maximum": isMet = number.map { $0 <= limit } ?? true
        case "minLength": isMet = text.map { Double($0.unicodeScalars.count) >= limit } ?? true
        case "maxLength": isMet = text.map { Double($0.unicodeScalars.count) <= limit } ?? true
        case "minItems": isMet = !value.isOf(type: "array") || Double(value.elements.count) >= limit
        case "maxItems": isMet = !value.isOf(type: "array") || Double(value.elements.count) <= limit
        case "pattern": isMet = text.map { (try? Regex(argument.string ?? "").firstMatch(in: $0)) != nil } ?? true
        default: return "is under a keyword that this test does not know: \(keyword)"
        }
        return isMet ? nil : "is not as \(keyword) \(argument.shown) says"
    }
}

extension JSONTree {
    fileprivate var number: Double? {
        guard case .number(let text) = self else { return nil }
        return Double(text)
    }

    fileprivate var shown: String { String(decoding: json, as: UTF8.self) }

    fileprivate func isOf(type: String) -> Bool {
        switch self {
        case .string: type == "string"
        case .number(let text): type == "number" || type == "integer" && !text.contains { ".eE".contains($0) }
        case .bool: type == "boolean"
        case .null: type == "null"
        case .array: type == "array"
        case .object: type == "object"
        }
    }
}
