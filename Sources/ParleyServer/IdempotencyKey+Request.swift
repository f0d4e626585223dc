import Conversations
import Crypto
import FoundationEssentials
import HTTP
import HTTPTypes

extension IdempotencyKey {
    /// The key of a request; nil where it has none.
    ///
    /// - Parameters:
    ///   - payload: what the request asks for. How its JSON is written makes no difference.
    ///   - authenticator: knows whose key it is: what one client was answered is nothing for another that takes the same key.
    /// - Throws: ``Problem`` `invalid-header`.
    init?(_ request: Request, payload: ConversationPayload, _ authenticator: Authenticator) throws(Problem) {
        guard request.header(.idempotencyKey) != nil else { return nil }
        let lines = request.headerValues(.idempotencyKey)
        guard lines.count == 1, let key = Self.key(lines[0]) else {
            throw Problem(
                .invalidHeader,
                "Idempotency-Key has to be one line of 1 to 255 visible ASCII characters, bare or in double quotes"
            )
        }
        self.init(owner: try authenticator.name(of: request), key: key, fingerprint: Self.fingerprint(request, payload))
    }

    /// A string of a structured field (RFC 9651, section 3.3.3), or the same without its quotes, as most clients send it.
    private static func key(_ text: String) -> String? {
        let key = text.hasPrefix("\"") ? unquoted(text.dropFirst()) : text.contains("\"") ? nil : text
        guard let key, (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return key
    }

    /// What stands before the second quote, which has to be the end; a backslash takes the next quote or backslash for itself.
    private static func unquoted(_ rest: Substring) -> String? {
        var (key, isEscaped) = ("", false)
        for (index, character) in zip(rest.indices, rest) {
            switch character {
            case _ where isEscaped:
                guard character == "\"" || character == "\\" else { return nil }
                key.append(character)
                isEscaped = false
            case "\\": isEscaped = true
            case "\"": return rest.index(after: index) == rest.endIndex ? key : nil
            default: key.append(character)
            }
        }
        return nil
    }

    private static func fingerprint(_ request: Request, _ payload: ConversationPayload) -> String {
        // A title has no line ends, and an identifier neither, so no two requests are written in the same way.
        let text = [request.method.rawValue, request.path, payload.id?.description ?? "", payload.title?.text ?? ""].joined(separator: "\n")
        return SHA256.hash(data: Data(text.utf8)).hexadecimal
    }
}

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
    static let idempotencyReplayed = HTTPField.Name("Idempotency-Replayed")!
}
