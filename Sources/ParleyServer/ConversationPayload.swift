import Conversations
import HTTP
import HTTPTypes

/// The JSON object that creates or changes a conversation.
struct ConversationPayload: Sendable {
    /// What the client may say, by method.
    enum Purpose {
        /// POST: everything may be left out.
        case create
        /// PUT: a title is required; what a GET returns may be sent back as it is.
        case replace(ConversationID)
        /// PATCH as a merge patch (RFC 7396): at least one member that can be changed.
        case patch
        /// A line of an import: like POST, and with times.
        case importing
    }

    private(set) var id: ConversationID?
    private(set) var title: ConversationTitle?
    private(set) var createdAt: Timestamp?
    private(set) var updatedAt: Timestamp?

    /// - Throws: ``Problem``: `invalid-json`, or `validation-failed` with every fault.
    init(_ body: [UInt8], for purpose: Purpose) throws(Problem) {
        var members = try Self.members(of: body, for: purpose)
        var faults: [Problem.Fault] = []
        takeTitle(members.removeValue(forKey: "title"), purpose, &faults)
        takeID(members.removeValue(forKey: "id"), purpose, &faults)
        if case .importing = purpose { takeTimes(&members, &faults) }
        let refused = members.keys.filter { !Self.isIgnored($0, purpose) }.sorted()
        faults += refused.prefix(Self.mostRefusals).map(Self.refusal)
        guard faults.isEmpty else { throw .validation(faults) }
    }

    /// A body with thousands of wrong names does not get an answer of megabytes.
    private static let mostRefusals = 20

    private static func members(of body: [UInt8], for purpose: Purpose) throws(Problem) -> [String: JSONValue] {
        if case .create = purpose, body.isEmpty { return [:] }
        guard !body.isEmpty else { throw Problem(.invalidJSON, "the body is empty where a JSON object is expected") }
        do throws(JSONFault) {
            if case .object(let members) = try JSONReader.parse(body) { return members }
        } catch {
            let whole = if case .importing = purpose { "line" } else { "body" }
            throw Problem(.invalidJSON, "the \(whole) is not valid JSON: \(error.reason), at byte \(error.offset + 1)")
        }
        throw .validation([Problem.Fault(pointer: "", code: "wrong-type", detail: "has to be a JSON object")])
    }

    private mutating func takeTitle(_ member: JSONValue?, _ purpose: Purpose, _ faults: inout [Problem.Fault]) {
        switch (member, purpose) {
        case (.string(let text), _):
            do throws(ConversationTitle.Fault) { title = try ConversationTitle(text) } catch {
                faults.append(Problem.Fault(pointer: "/title", code: error.rawValue, detail: error.detail))
            }
        case (nil, .create), (nil, .importing): title = .standard
        case (nil, _): faults.append(Problem.Fault(pointer: "/title", code: "required", detail: "has to be there"))
        case (.null, _): faults.append(Problem.Fault(pointer: "/title", code: "null", detail: "must not be null"))
        case (.object, _), (.other, _): faults.append(Problem.Fault(pointer: "/title", code: "wrong-type", detail: "has to be a string"))
        }
    }

    private mutating func takeID(_ member: JSONValue?, _ purpose: Purpose, _ faults: inout [Problem.Fault]) {
        guard let member else { return }
        if case .patch = purpose { return faults.append(Self.refusal(of: "id")) }
        guard case .string(let text) = member, let id = ConversationID(text) else {
            return faults.append(Problem.Fault(pointer: "/id", code: "invalid-id", detail: "has to be a UUID"))
        }
        if case .replace(let expected) = purpose, id != expected {
            return faults.append(Problem.Fault(pointer: "/id", code: "read-only", detail: "has to be the id in the path"))
        }
        self.id = id
    }

    private mutating func takeTimes(_ members: inout [String: JSONValue], _ faults: inout [Problem.Fault]) {
        createdAt = Self.time("created_at", &members, &faults)
        updatedAt = Self.time("updated_at", &members, &faults)
        guard let createdAt, let updatedAt, updatedAt < createdAt else { return }
        faults.append(Problem.Fault(pointer: "/updated_at", code: "before-created-at", detail: "must not be before created_at"))
    }

    private static func time(_ name: String, _ members: inout [String: JSONValue], _ faults: inout [Problem.Fault]) -> Timestamp? {
        guard let member = members.removeValue(forKey: name) else { return nil }
        if case .string(let text) = member, let time = Timestamp(exactly: text) ?? Timestamp(rfc3339: text, roundingUp: false) {
            return time
        }
        faults.append(
            Problem.Fault(pointer: "/\(name)", code: "invalid-time", detail: "has to be a time such as 2026-11-21T07:58:05.123Z (RFC 3339)")
        )
        return nil
    }

    /// A client that sends back what it got should not have to take the times out.
    private static func isIgnored(_ name: String, _ purpose: Purpose) -> Bool {
        if case .replace = purpose { return readOnly.contains(name) }
        return false
    }

    private static let readOnly: Set = ["id", "created_at", "updated_at"]

    private static func refusal(of name: String) -> Problem.Fault {
        let pointer = "/" + name.unicodeScalars.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
        return readOnly.contains(name)
            ? Problem.Fault(pointer: pointer, code: "read-only", detail: "is set by the server")
            : Problem.Fault(pointer: pointer, code: "unknown-field", detail: "is not known; a conversation has a title")
    }
}
